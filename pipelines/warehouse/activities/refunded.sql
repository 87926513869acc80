-- Money was given back.
-- key: order_id
-- value: amount
select
    refund_id as activity_id, contact_id, refunded_at as occurred_at, loaded_at,
    order_id as key, amount as value,
    refund_id, order_id, amount
from shop.refunds
