-- A click is a visit.
create or replace temp table export as
select
    'SA' || substr(md5(r.message_key), 1, 16) as session_id, visitor_of(r.contact_id) as visitor_id, r.contact_id, r.clicked_at as started_at,
    coalesce(b.bought_at, r.clicked_at + to_seconds(least(40, date_diff('second', r.clicked_at, $closes_at) // 2))) as ended_at,
    case when b.order_id is not null then 5 else 2 end as page_views, r.channel as source, case when r.d & 1 = 0 then 'mobile' else 'desktop' end as device
from replies r
left join bought b on b.message_key = r.message_key
where r.clicked
order by r.clicked_at, session_id;
