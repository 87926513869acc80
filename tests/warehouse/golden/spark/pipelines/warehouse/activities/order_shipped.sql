SELECT
  order_id || ':order_shipped' AS activity_id,
  contact_id,
  shipped_at AS occurred_at,
  COALESCE(corrected_at, loaded_at) AS loaded_at,
  order_id AS key,
  total AS value,
  order_id,
  cart_id,
  total,
  status,
  coupon_code,
  tracking_url,
  expected_delivery_on
FROM shop.orders
WHERE
  NOT shipped_at IS NULL;
