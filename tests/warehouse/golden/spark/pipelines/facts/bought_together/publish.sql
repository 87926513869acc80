SELECT
  1
FROM facts.stored_together
WHERE
  TRUE;

WITH sold AS (
  SELECT
    product_id,
    orders
  FROM facts.pairs
  WHERE
    product_id = related_id
), lifted AS (
  SELECT
    p.product_id,
    p.related_id,
    p.orders AS support,
    a.orders AS first_orders,
    b.orders AS second_orders,
    p.orders * CAST(s.orders AS DOUBLE) / NULLIF(a.orders * b.orders, 0) AS lift
  FROM facts.pairs AS p
  JOIN sold AS a
    ON a.product_id = p.product_id
  JOIN sold AS b
    ON b.product_id = p.related_id
  CROSS JOIN facts.together_state AS s
  WHERE
    p.product_id <> p.related_id AND p.orders >= :min_support
), both_ways AS (
  SELECT
    product_id,
    related_id,
    support,
    support / NULLIF(CAST(first_orders AS DOUBLE), 0) AS confidence,
    lift
  FROM lifted
  WHERE
    lift > 1
  UNION ALL
  SELECT
    related_id,
    product_id,
    support,
    support / NULLIF(CAST(second_orders AS DOUBLE), 0) AS confidence,
    lift
  FROM lifted
  WHERE
    lift > 1
)
SELECT
  product_id,
  related_id,
  support,
  confidence,
  lift,
  ROW_NUMBER() OVER (
    PARTITION BY product_id
    ORDER BY support * lift DESC, lift DESC, related_id NULLS LAST
  ) AS place
FROM both_ways
ORDER BY
  product_id NULLS LAST,
  place NULLS LAST;
