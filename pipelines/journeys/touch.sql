-- They move on their own clocks.
create or replace temp table touched as
select m.*, coalesce(f.timezone, $zone) as zone
from movable m
left join people f on f.contact_id = m.contact_id;
