-- Visits of the stretch, among them those that come back to a cart of before.
create or replace temp table export as
with all_visits as (
    select visit, visitor_id, contact_id, kind, started_at, h from visits where started_at >= $opens_at and started_at < $closes_at
    union all
    select o.visit || '-r', visitor_of(o.contact_id), o.contact_id, 'r', o.ordered_at - interval 6 minute, dice('visit', o.visit || '-r')
    from orders o
    join known_visits v on v.visit = o.visit and v.kind = 'a'
    where ($whole and o.ordered_at < $known_at) or (o.ordered_at - interval 6 minute >= $opens_at and o.ordered_at - interval 6 minute < $closes_at)
)
select
    'S' || visit as session_id, visitor_id, contact_id, started_at,
    started_at + to_seconds(case when kind = 'b' then 20 + (h >> 27) & 1023 else 1380 end) as ended_at,
    case when kind = 'b' then 1 + ((h >> 27) & 1023) // 90 else 4 + (h >> 27) & 7 end as page_views,
    ['direct', 'search', 'search', 'newsletter', 'social', 'direct', 'partner', 'search'][1 + ((h >> 24) & 7)] as source,
    ['mobile', 'mobile', 'desktop', 'mobile', 'desktop', 'tablet', 'mobile', 'desktop'][1 + ((h >> 21) & 7)] as device
from all_visits
order by started_at, visit;
