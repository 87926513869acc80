-- Orders placed in the stretch, and on a demo day those that were shipped, delivered or cancelled in it: as they stand
-- when the export is made.
create or replace temp table export as
with known as (
    select o.*, if_known(o.shipped_at, $known_at) as shipped, if_known(o.delivered_at, $known_at) as delivered, if_known(o.cancelled_at, $known_at) as cancelled
    from orders o
    where ($whole and o.ordered_at < $known_at) or (o.ordered_at >= $opens_at and o.ordered_at < $closes_at)
        or ($daily and o.ordered_at < $opens_at and (
            (o.shipped_at >= $opens_at and o.shipped_at < $closes_at) or (o.delivered_at >= $opens_at and o.delivered_at < $closes_at)
            or (o.cancelled_at >= $opens_at and o.cancelled_at < $closes_at)))
)
select
    k.order_id, k.contact_id, k.cart_id, k.ordered_at, status_of(k.shipped, k.delivered, k.cancelled) as status,
    money(t.cents) as total, $currency as currency, k.coupon_code, k.shipped as shipped_at,
    case when k.shipped is not null then $url || '/parcel/' || k.order_id end as tracking_url,
    cast(k.ordered_at + interval 5 day as date) as expected_delivery_on, k.delivered as delivered_at, k.cancelled as cancelled_at
from known k
join totals t on t.order_id = k.order_id
order by k.ordered_at, k.order_id;
