-- The shop's own events: wish lists filled on the site, visits of the shop in town, catalogues asked for.
create or replace temp table export as
with looks as (
    select visit, contact_id, started_at, day_no, dice('own', visit) as h from visits
    where kind = 'b' and contact_id is not null and started_at >= $opens_at and started_at < $closes_at
)
select 'X' || l.visit as event_id, l.contact_id, l.started_at + interval 12 second as occurred_at,
    case when part(l.h, 0) < 0.014 then 'wishlist_added' when part(l.h, 0) < 0.018 then 'store_visited' else 'catalogue_requested' end as name,
    cast(case when part(l.h, 0) < 0.014 then json_object('product_id', p.product_id)
              when part(l.h, 0) < 0.018 then json_object('store', ['Lyon', 'Paris', 'London', 'Brussels'][1 + (l.h & 3)])
              else json_object('format', 'paper') end as json) as props
from looks l
join range_of_products p on p.product_no = 1 + ((l.h >> 30) & 32767) % (select count(*) from range_of_products)
where part(l.h, 0) < 0.02 and (part(l.h, 0) >= 0.014 or p.launched_no <= l.day_no)
order by l.started_at, l.visit;
