-- An order arrived.
-- key: order_id
-- value: total
select
    order_id || ':order_delivered' as activity_id, contact_id, delivered_at as occurred_at, coalesce(corrected_at, loaded_at) as loaded_at,
    order_id as key, total as value,
    order_id, cart_id, total, status, coupon_code, tracking_url, expected_delivery_on
from shop.orders where delivered_at is not null
