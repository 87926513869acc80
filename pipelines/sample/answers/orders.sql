-- Orders that messages brought, and those of days before that were shipped, delivered or cancelled since the tick.
create or replace temp table export as
with earlier as (
    select
        order_id, contact_id, cart_id, ordered_at, total, currency, coupon_code, expected_delivery_on,
        ordered_at + shipped_after(order_id) as shipped, ordered_at + delivered_after(order_id) as delivered,
        ordered_at + cancelled_after(order_id) as cancelled
    from shop.orders where starts_with(order_id, 'A')
),
changed as (
    select
        order_id, contact_id, cart_id, ordered_at, total, currency, coupon_code, expected_delivery_on,
        if_known(shipped, $closes_at) as shipped_at, if_known(delivered, $closes_at) as delivered_at, if_known(cancelled, $closes_at) as cancelled_at
    from earlier
    where (shipped >= $opens_at and shipped < $closes_at) or (delivered >= $opens_at and delivered < $closes_at)
        or (cancelled >= $opens_at and cancelled < $closes_at)
    union all
    select order_id, contact_id, cart_id, bought_at, total, $currency, code, cast(bought_at + interval 5 day as date), null, null, null from bought
)
select
    order_id, contact_id, cart_id, ordered_at, status_of(shipped_at, delivered_at, cancelled_at) as status, total, currency,
        coupon_code,
    shipped_at, case when shipped_at is not null then $url || '/parcel/' || order_id end as tracking_url, expected_delivery_on, delivered_at, cancelled_at
from changed
order by ordered_at, order_id;
