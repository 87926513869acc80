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
FROM shop.orders
WHERE
  order_id IN (
    SELECT
      order_id
    FROM render_subjects
  );

SELECT
  cart_id,
  event_id,
  updated_at,
  cart_value
FROM (
  SELECT
    cart_id,
    event_id,
    occurred_at AS updated_at,
    cart_value,
    ROW_NUMBER() OVER (PARTITION BY cart_id ORDER BY name NULLS LAST, occurred_at DESC, event_id DESC) AS _w
  FROM shop.site_events
  WHERE
    name IN ('cart_updated', 'checkout_started')
    AND cart_id IN (
      SELECT
        cart_id
      FROM render_subjects
    )
    AND occurred_at >= (
      SELECT
        (
          MIN(triggered_at) + MAKE_DT_INTERVAL(0, 0, 0, (
            -604800
          ))
        )
      FROM render_subjects
      WHERE
        NOT cart_id IS NULL
    )
) AS _t
WHERE
  _w = 1;

SELECT
  'order' AS kind,
  l.order_id AS id,
  l.line_no,
  l.product_id,
  l.quantity,
  l.unit_price
FROM shop.order_lines AS l
WHERE
  l.order_id IN (
    SELECT
      order_id
    FROM render_orders
  )
UNION ALL
SELECT
  'cart' AS kind,
  c.cart_id AS id,
  l.line_no,
  l.product_id,
  l.quantity,
  l.unit_price
FROM render_carts AS c
JOIN shop.cart_lines AS l
  ON l.event_id = c.event_id;

SELECT DISTINCT
  message_key,
  product_id
FROM (
  SELECT
    s.message_key,
    l.product_id
  FROM render_subjects AS s
  JOIN render_lines AS l
    ON l.kind = 'order' AND l.id = s.order_id
  UNION ALL
  SELECT
    s.message_key,
    l.product_id
  FROM render_subjects AS s
  JOIN render_lines AS l
    ON l.kind = 'cart' AND l.id = s.cart_id
  UNION ALL
  SELECT
    message_key,
    product_id
  FROM render_subjects
)
WHERE
  NOT product_id IS NULL;
