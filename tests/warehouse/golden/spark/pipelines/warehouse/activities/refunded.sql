SELECT
  refund_id AS activity_id,
  contact_id,
  refunded_at AS occurred_at,
  loaded_at,
  order_id AS key,
  amount AS value,
  refund_id,
  order_id,
  amount
FROM shop.refunds;
