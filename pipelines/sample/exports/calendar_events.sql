-- Workshops announced in the stretch.
create or replace temp table export as
select event_id, name, starts_at, ends_at, $url || '/workshops/' || lower(event_id) as url
from workshops where announced_at >= $opens_at and announced_at < $closes_at
order by starts_at;
