-- Lines with their category and the pieces of each.
create or replace temp table bought as
select l.contact_id, p.category, cast(floor(l.quantity) as bigint) as pieces
from counted_lines l
left join placed p on p.kind = 'product' and p.ref = l.product_id;

-- Orders and refunds that leave a window because the day has changed.
create or replace temp table leaving_orders as
with leaving as (
    select contact_id, 30 as days, 1 as orders, total as amount from shop.orders
    where ordered_at >= $was_30d and ordered_at < $since_30d and ordered_at < $previous and loaded_at <= $previous and cancelled_at is null
    union all
    select contact_id, 90 as days, 1 as orders, total as amount from shop.orders
    where ordered_at >= $was_90d and ordered_at < $since_90d and ordered_at < $previous and loaded_at <= $previous and cancelled_at is null
    union all
    select contact_id, 365 as days, 1 as orders, total as amount from shop.orders
    where ordered_at >= $was_365d and ordered_at < $since_365d and ordered_at < $previous and loaded_at <= $previous and cancelled_at is null
), leaving_refunds as (
    select contact_id, order_id, 30 as days, amount from shop.refunds
    where refunded_at >= $was_30d and refunded_at < $since_30d and refunded_at < $previous and loaded_at <= $previous
    union all
    select contact_id, order_id, 90 as days, amount from shop.refunds
    where refunded_at >= $was_90d and refunded_at < $since_90d and refunded_at < $previous and loaded_at <= $previous
    union all
    select contact_id, order_id, 365 as days, amount from shop.refunds
    where refunded_at >= $was_365d and refunded_at < $since_365d and refunded_at < $previous and loaded_at <= $previous
), either as (
    select contact_id, days, orders, amount from leaving
    union all
    select r.contact_id, r.days, 0 as orders, -r.amount as amount from leaving_refunds r
    where not exists (select 1 from shop.orders o where o.order_id = r.order_id and o.cancelled_at is not null)
)
select
    e.contact_id,
    sum(case when e.days = 30 then e.orders else 0 end) as orders_30d,
    sum(case when e.days = 90 then e.orders else 0 end) as orders_90d,
    sum(case when e.days = 365 then e.orders else 0 end) as orders_365d,
    sum(case when e.days = 30 then e.amount else 0 end) as revenue_30d,
    sum(case when e.days = 90 then e.amount else 0 end) as revenue_90d,
    sum(case when e.days = 365 then e.amount else 0 end) as revenue_365d
from either e
where e.contact_id is not null and not exists (select 1 from recounted r where r.block = 'orders' and r.contact_id = e.contact_id)
group by e.contact_id;

-- What this tick changes in each contact's orders. `anew`: what was counted before does not count.
create or replace temp table changed_orders as
with ordered as (
    select
        contact_id, min(ordered_at) as first_order_at, max(ordered_at) as last_order_at,
        count(*) as order_count, sum(total) as gross_revenue, count(coupon_code) as discounted_orders,
        count(case when ordered_at >= $since_30d then 1 end) as orders_30d,
        count(case when ordered_at >= $since_90d then 1 end) as orders_90d,
        count(case when ordered_at >= $since_365d then 1 end) as orders_365d,
        sum(case when ordered_at >= $since_30d then total else 0 end) as revenue_30d,
        sum(case when ordered_at >= $since_90d then total else 0 end) as revenue_90d,
        sum(case when ordered_at >= $since_365d then total else 0 end) as revenue_365d
    from counted_orders group by contact_id
), pieced as (
    select contact_id, sum(pieces) as items_bought, max(pieces) as largest_quantity from bought group by contact_id
), parts as (
    select
        contact_id, false as anew, sum(amount) as refunded, 0 as orders_30d, 0 as orders_90d, 0 as orders_365d,
        -sum(case when refunded_at >= $since_30d then amount else 0 end) as revenue_30d,
        -sum(case when refunded_at >= $since_90d then amount else 0 end) as revenue_90d,
        -sum(case when refunded_at >= $since_365d then amount else 0 end) as revenue_365d
    from counted_refunds group by contact_id
    union all
    select contact_id, false, 0, -orders_30d, -orders_90d, -orders_365d, -revenue_30d, -revenue_90d, -revenue_365d from leaving_orders
    union all
    select contact_id, true, 0, 0, 0, 0, 0, 0, 0 from recounted where block = 'orders'
), rest as (
    select
        contact_id, bool_or(anew) as anew, sum(refunded) as refunded, sum(orders_30d) as orders_30d, sum(orders_90d) as orders_90d,
        sum(orders_365d) as orders_365d, sum(revenue_30d) as revenue_30d, sum(revenue_90d) as revenue_90d, sum(revenue_365d) as revenue_365d
    from parts group by contact_id
)
select
    coalesce(o.contact_id, l.contact_id, r.contact_id) as contact_id, coalesce(r.anew, false) as anew, o.first_order_at, o.last_order_at,
    coalesce(o.order_count, 0) as order_count, coalesce(o.discounted_orders, 0) as discounted_orders,
    cast(coalesce(o.gross_revenue, 0) as decimal(18, 2)) as gross_revenue, cast(coalesce(r.refunded, 0) as decimal(18, 2)) as refunded,
    cast(coalesce(o.orders_30d, 0) + coalesce(r.orders_30d, 0) as bigint) as orders_30d,
    cast(coalesce(o.orders_90d, 0) + coalesce(r.orders_90d, 0) as bigint) as orders_90d,
    cast(coalesce(o.orders_365d, 0) + coalesce(r.orders_365d, 0) as bigint) as orders_365d,
    cast(coalesce(o.revenue_30d, 0) + coalesce(r.revenue_30d, 0) as decimal(18, 2)) as revenue_30d,
    cast(coalesce(o.revenue_90d, 0) + coalesce(r.revenue_90d, 0) as decimal(18, 2)) as revenue_90d,
    cast(coalesce(o.revenue_365d, 0) + coalesce(r.revenue_365d, 0) as decimal(18, 2)) as revenue_365d,
    cast(coalesce(l.items_bought, 0) as bigint) as items_bought, coalesce(l.largest_quantity, 0) as largest_quantity
from ordered o
full join pieced l on l.contact_id = o.contact_id
full join rest r on r.contact_id = coalesce(o.contact_id, l.contact_id);

drop table leaving_orders;
