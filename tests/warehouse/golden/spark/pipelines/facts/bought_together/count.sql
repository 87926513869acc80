WITH held AS (
  SELECT DISTINCT
    o.ordered_at,
    o.order_id,
    l.product_id
  FROM due_orders AS o
  JOIN raw.order_lines AS l
    ON l.order_id = o.order_id
  WHERE
    NOT l.product_id IS NULL
), sized AS (
  SELECT
    ordered_at,
    order_id,
    product_id,
    COUNT(*) OVER (PARTITION BY order_id) AS products
  FROM held
)
SELECT
  ordered_at,
  order_id,
  product_id
FROM sized
WHERE
  products <= :largest_order;

WITH counted AS (
  SELECT
    a.product_id,
    b.product_id AS related_id,
    1 AS orders
  FROM baskets_now AS a
  JOIN baskets_now AS b
    ON b.order_id = a.order_id AND b.product_id >= a.product_id
  UNION ALL
  SELECT
    a.product_id,
    b.product_id AS related_id,
    -1 AS orders
  FROM baskets_before AS a
  JOIN baskets_before AS b
    ON b.order_id = a.order_id AND b.product_id >= a.product_id
)
SELECT
  product_id,
  related_id,
  CAST(SUM(orders) AS BIGINT) AS orders
FROM counted
GROUP BY
  product_id,
  related_id
HAVING
  SUM(orders) <> 0;

SELECT
  c.product_id,
  c.related_id,
  c.orders + COALESCE(p.orders, 0) AS orders
FROM changed_pairs AS c
LEFT JOIN facts.pairs AS p
  ON p.product_id = c.product_id AND p.related_id = c.related_id;

SELECT
  1
FROM facts.pairs
WHERE
  EXISTS(
    SELECT
      1
    FROM changed_pairs AS c
    WHERE
      c.product_id = pairs.product_id AND c.related_id = pairs.related_id
  );

SELECT
  product_id,
  related_id,
  orders
FROM pairs_now
WHERE
  orders > 0;

SELECT
  ordered_at,
  order_id,
  product_id
FROM baskets_now;

SELECT
  1
FROM facts.together_state
WHERE
  TRUE;

SELECT
  CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ),
  CAST(:day AS DATE),
  :orders + (
    SELECT
      COUNT(DISTINCT order_id)
    FROM baskets_now
  ) - (
    SELECT
      COUNT(DISTINCT order_id)
    FROM baskets_before
  ),
  GREATEST(CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ), MAX(as_of)),
  :rules
FROM raw.loads;
