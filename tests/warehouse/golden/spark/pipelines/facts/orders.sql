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

WITH ordered AS (
  SELECT
    contact_id,
    MIN(ordered_at) AS first_order_at,
    MAX(ordered_at) AS last_order_at,
    COUNT(*) AS order_count,
    SUM(total) AS gross_revenue,
    COUNT(coupon_code) AS discounted_orders,
    COUNT(CASE WHEN ordered_at >= :since_30d THEN 1 END) AS orders_30d,
    COUNT(CASE WHEN ordered_at >= :since_90d THEN 1 END) AS orders_90d,
    COUNT(CASE WHEN ordered_at >= :since_365d THEN 1 END) AS orders_365d,
    SUM(CASE WHEN ordered_at >= :since_30d THEN total ELSE 0 END) AS revenue_30d,
    SUM(CASE WHEN ordered_at >= :since_90d THEN total ELSE 0 END) AS revenue_90d,
    SUM(CASE WHEN ordered_at >= :since_365d THEN total ELSE 0 END) AS revenue_365d
  FROM counted_orders
  GROUP BY
    contact_id
), pieced AS (
  SELECT
    contact_id,
    SUM(pieces) AS items_bought,
    MAX(pieces) AS largest_quantity
  FROM bought
  GROUP BY
    contact_id
), parts AS (
  SELECT
    contact_id,
    FALSE AS anew,
    SUM(amount) AS refunded,
    0 AS orders_30d,
    0 AS orders_90d,
    0 AS orders_365d,
    -SUM(CASE WHEN refunded_at >= :since_30d THEN amount ELSE 0 END) AS revenue_30d,
    -SUM(CASE WHEN refunded_at >= :since_90d THEN amount ELSE 0 END) AS revenue_90d,
    -SUM(CASE WHEN refunded_at >= :since_365d THEN amount ELSE 0 END) AS revenue_365d
  FROM counted_refunds
  GROUP BY
    contact_id
  UNION ALL
  SELECT
    contact_id,
    FALSE,
    0,
    -orders_30d,
    -orders_90d,
    -orders_365d,
    -revenue_30d,
    -revenue_90d,
    -revenue_365d
  FROM leaving_orders
  UNION ALL
  SELECT
    contact_id,
    TRUE,
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
), rest AS (
  SELECT
    contact_id,
    BOOL_OR(anew) AS anew,
    SUM(refunded) AS refunded,
    SUM(orders_30d) AS orders_30d,
    SUM(orders_90d) AS orders_90d,
    SUM(orders_365d) AS orders_365d,
    SUM(revenue_30d) AS revenue_30d,
    SUM(revenue_90d) AS revenue_90d,
    SUM(revenue_365d) AS revenue_365d
  FROM parts
  GROUP BY
    contact_id
)
SELECT
  COALESCE(o.contact_id, l.contact_id, r.contact_id) AS contact_id,
  COALESCE(r.anew, FALSE) AS anew,
  o.first_order_at,
  o.last_order_at,
  COALESCE(o.order_count, 0) AS order_count,
  COALESCE(o.discounted_orders, 0) AS discounted_orders,
  CAST(COALESCE(o.gross_revenue, 0) AS DECIMAL(18, 2)) AS gross_revenue,
  CAST(COALESCE(r.refunded, 0) AS DECIMAL(18, 2)) AS refunded,
  CAST(COALESCE(o.orders_30d, 0) + COALESCE(r.orders_30d, 0) AS BIGINT) AS orders_30d,
  CAST(COALESCE(o.orders_90d, 0) + COALESCE(r.orders_90d, 0) AS BIGINT) AS orders_90d,
  CAST(COALESCE(o.orders_365d, 0) + COALESCE(r.orders_365d, 0) AS BIGINT) AS orders_365d,
  CAST(COALESCE(o.revenue_30d, 0) + COALESCE(r.revenue_30d, 0) AS DECIMAL(18, 2)) AS revenue_30d,
  CAST(COALESCE(o.revenue_90d, 0) + COALESCE(r.revenue_90d, 0) AS DECIMAL(18, 2)) AS revenue_90d,
  CAST(COALESCE(o.revenue_365d, 0) + COALESCE(r.revenue_365d, 0) AS DECIMAL(18, 2)) AS revenue_365d,
  CAST(COALESCE(l.items_bought, 0) AS BIGINT) AS items_bought,
  COALESCE(l.largest_quantity, 0) AS largest_quantity
FROM ordered AS o
FULL JOIN pieced AS l
  ON l.contact_id = o.contact_id
FULL JOIN rest AS r
  ON r.contact_id = COALESCE(o.contact_id, l.contact_id);
