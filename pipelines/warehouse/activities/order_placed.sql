-- An order was placed. Its column order_number says the how-many-th of the contact it is.
-- key: order_id
-- value: total
select
    order_id || ':order_placed' as activity_id, contact_id, ordered_at as occurred_at, loaded_at as loaded_at,
    order_id as key, total as value,
    order_id, cart_id, total, status, coupon_code, tracking_url, expected_delivery_on
from shop.orders
