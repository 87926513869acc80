-- A large export of visits.
create table visits as
select
    's' || i as session_id, 'v' || i % 4000000 as visitor_id, 'c' || i % 1000000 as contact_id,
    timestamp '2024-01-01' + interval 1 second * cast(i * 12 as bigint) as started_at,
    timestamp '2024-01-01' + interval 1 second * cast(i * 12 + 300 as bigint) as ended_at,
    i % 9 as page_views, 'search' as source, 'mobile' as device
from range($rows) t(i);
