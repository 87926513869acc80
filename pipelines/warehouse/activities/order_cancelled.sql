-- An order was cancelled.
-- key: order_id
-- value: total
select
    order_id || ':order_cancelled' as activity_id, contact_id, cancelled_at as occurred_at, coalesce(corrected_at, loaded_at) as loaded_at,
    order_id as key, total as value,
    order_id, cart_id, total, status, coupon_code, tracking_url, expected_delivery_on
from shop.orders where cancelled_at is not null
