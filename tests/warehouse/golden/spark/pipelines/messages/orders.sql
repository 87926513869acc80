SELECT
  order_id,
  ordered_at,
  status,
  total,
  coupon_code,
  shipped_at,
  tracking_url,
  expected_delivery_on,
  delivered_at
FROM render_orders;
