-- Contacts with an order, orders, contacts with one order, with three or more, and without any for 90 days, for exactly 90, for 60
-- and for 180 days, contacts whose first order is of the month of that day, as of as_of(): $day, the day that ends there. Days are British.
with local as (
    select o.contact_id, cast(rl_add_seconds(o.ordered_at, z.offset_seconds) as date) as ordered_on
    from shop.orders o
    join calendar.zone_offsets z on z.zone = 'Europe/London' and o.ordered_at >= z.starts_at and o.ordered_at < z.ends_at
),
contacts as (
    select contact_id, count(*) as orders, rl_days(max(ordered_on), cast($day as date)) as recency, min(ordered_on) as first_on
    from local
    group by contact_id
)
select
    count(*), cast(sum(orders) as bigint), count(*) filter (where orders = 1), count(*) filter (where orders >= 3),
    count(*) filter (where recency >= 90), count(*) filter (where recency = 90), count(*) filter (where recency >= 60), count(*) filter (where recency >= 180),
    count(*) filter (where date_trunc('month', first_on) = date_trunc('month', cast($day as date)))
from contacts;
