SELECT
  l.contact_id,
  p.category,
  CAST(FLOOR(l.quantity) AS BIGINT) AS pieces
FROM counted_lines AS l
LEFT JOIN placed AS p
  ON p.kind = 'product' AND p.ref = l.product_id;

WITH leaving AS (
  SELECT
    contact_id,
    30 AS days,
    1 AS orders,
    total AS amount
  FROM shop.orders
  WHERE
    ordered_at >= :was_30d
    AND ordered_at < :since_30d
    AND ordered_at < :previous
    AND loaded_at <= :previous
    AND cancelled_at IS NULL
  UNION ALL
  SELECT
    contact_id,
    90 AS days,
    1 AS orders,
    total AS amount
  FROM shop.orders
  WHERE
    ordered_at >= :was_90d
    AND ordered_at < :since_90d
    AND ordered_at < :previous
    AND loaded_at <= :previous
    AND cancelled_at IS NULL
  UNION ALL
  SELECT
    contact_id,
    365 AS days,
    1 AS orders,
    total AS amount
  FROM shop.orders
  WHERE
    ordered_at >= :was_365d
    AND ordered_at < :since_365d
    AND ordered_at < :previous
    AND loaded_at <= :previous
    AND cancelled_at IS NULL
), leaving_refunds AS (
  SELECT
    contact_id,
    order_id,
    30 AS days,
    amount
  FROM shop.refunds
  WHERE
    refunded_at >= :was_30d
    AND refunded_at < :since_30d
    AND refunded_at < :previous
    AND loaded_at <= :previous
  UNION ALL
  SELECT
    contact_id,
    order_id,
    90 AS days,
    amount
  FROM shop.refunds
  WHERE
    refunded_at >= :was_90d
    AND refunded_at < :since_90d
    AND refunded_at < :previous
    AND loaded_at <= :previous
  UNION ALL
  SELECT
    contact_id,
    order_id,
    365 AS days,
    amount
  FROM shop.refunds
  WHERE
    refunded_at >= :was_365d
    AND refunded_at < :since_365d
    AND refunded_at < :previous
    AND loaded_at <= :previous
), either AS (
  SELECT
    contact_id,
    days,
    orders,
    amount
  FROM leaving
  UNION ALL
  SELECT
    r.contact_id,
    r.days,
    0 AS orders,
    -r.amount AS amount
  FROM leaving_refunds AS r
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM shop.orders AS o
      WHERE
        o.order_id = r.order_id AND NOT o.cancelled_at IS NULL
    )
)
SELECT
  e.contact_id,
  SUM(CASE WHEN e.days = 30 THEN e.orders ELSE 0 END) AS orders_30d,
  SUM(CASE WHEN e.days = 90 THEN e.orders ELSE 0 END) AS orders_90d,
  SUM(CASE WHEN e.days = 365 THEN e.orders ELSE 0 END) AS orders_365d,
  SUM(CASE WHEN e.days = 30 THEN e.amount ELSE 0 END) AS revenue_30d,
  SUM(CASE WHEN e.days = 90 THEN e.amount ELSE 0 END) AS revenue_90d,
  SUM(CASE WHEN e.days = 365 THEN e.amount ELSE 0 END) AS revenue_365d
FROM either AS e
WHERE
  NOT e.contact_id IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM recounted AS r
    WHERE
      r.block = 'orders' AND r.contact_id = e.contact_id
  )
GROUP BY
  e.contact_id;

WITH parts AS (
  SELECT
    contact_id,
    FALSE AS anew,
    MIN(ordered_at) AS first_order_at,
    MAX(ordered_at) AS last_order_at,
    COUNT(*) AS order_count,
    SUM(total) AS gross_revenue,
    0 AS refunded,
    COUNT(coupon_code) AS discounted_orders,
    COUNT(CASE WHEN ordered_at >= :since_30d THEN 1 END) AS orders_30d,
    COUNT(CASE WHEN ordered_at >= :since_90d THEN 1 END) AS orders_90d,
    COUNT(CASE WHEN ordered_at >= :since_365d THEN 1 END) AS orders_365d,
    SUM(CASE WHEN ordered_at >= :since_30d THEN total ELSE 0 END) AS revenue_30d,
    SUM(CASE WHEN ordered_at >= :since_90d THEN total ELSE 0 END) AS revenue_90d,
    SUM(CASE WHEN ordered_at >= :since_365d THEN total ELSE 0 END) AS revenue_365d,
    0 AS items_bought,
    0 AS largest_quantity
  FROM counted_orders
  GROUP BY
    contact_id
  UNION ALL
  SELECT
    contact_id,
    FALSE,
    NULL,
    NULL,
    0,
    0,
    SUM(amount),
    0,
    0,
    0,
    0,
    -SUM(CASE WHEN refunded_at >= :since_30d THEN amount ELSE 0 END),
    -SUM(CASE WHEN refunded_at >= :since_90d THEN amount ELSE 0 END),
    -SUM(CASE WHEN refunded_at >= :since_365d THEN amount ELSE 0 END),
    0,
    0
  FROM counted_refunds
  GROUP BY
    contact_id
  UNION ALL
  SELECT
    contact_id,
    FALSE,
    NULL,
    NULL,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    SUM(pieces),
    MAX(pieces)
  FROM bought
  GROUP BY
    contact_id
  UNION ALL
  SELECT
    contact_id,
    FALSE,
    NULL,
    NULL,
    0,
    0,
    0,
    0,
    -orders_30d,
    -orders_90d,
    -orders_365d,
    -revenue_30d,
    -revenue_90d,
    -revenue_365d,
    0,
    0
  FROM leaving_orders
  UNION ALL
  SELECT
    contact_id,
    TRUE,
    NULL,
    NULL,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0
  FROM recounted
  WHERE
    block = 'orders'
)
SELECT
  contact_id,
  BOOL_OR(anew) AS anew,
  MIN(first_order_at) AS first_order_at,
  MAX(last_order_at) AS last_order_at,
  CAST(SUM(order_count) AS BIGINT) AS order_count,
  CAST(SUM(gross_revenue) AS DECIMAL(18, 2)) AS gross_revenue,
  CAST(SUM(refunded) AS DECIMAL(18, 2)) AS refunded,
  CAST(SUM(discounted_orders) AS BIGINT) AS discounted_orders,
  CAST(SUM(orders_30d) AS BIGINT) AS orders_30d,
  CAST(SUM(orders_90d) AS BIGINT) AS orders_90d,
  CAST(SUM(orders_365d) AS BIGINT) AS orders_365d,
  CAST(SUM(revenue_30d) AS DECIMAL(18, 2)) AS revenue_30d,
  CAST(SUM(revenue_90d) AS DECIMAL(18, 2)) AS revenue_90d,
  CAST(SUM(revenue_365d) AS DECIMAL(18, 2)) AS revenue_365d,
  CAST(SUM(items_bought) AS BIGINT) AS items_bought,
  MAX(largest_quantity) AS largest_quantity
FROM parts
GROUP BY
  contact_id;
