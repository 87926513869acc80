WITH launches AS (
  SELECT
    product_id,
    MIN(valid_from) AS launched_at
  FROM shop.products
  GROUP BY
    product_id
), new_products AS (
  SELECT
    product_id,
    launched_at
  FROM launches
  WHERE
    launched_at >= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) - INTERVAL '365' DAY
    AND launched_at > (
      SELECT
        MIN(launched_at)
      FROM launches
    )
), orders AS (
  SELECT
    o.order_id,
    o.contact_id,
    o.ordered_at
  FROM shop.orders AS o
  INNER JOIN facts.contacts AS c
    ON o.contact_id = c.contact_id
  WHERE
    o.ordered_at >= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) - INTERVAL '365' DAY
    AND o.cancelled_at IS NULL
    AND c.orders_365d > 0
)
SELECT
  o.contact_id
FROM orders AS o
INNER JOIN shop.order_lines AS l
  ON o.order_id = l.order_id
INNER JOIN new_products AS p
  ON l.product_id = p.product_id
WHERE
  DATEDIFF(CAST(o.ordered_at AS DATE), CAST(p.launched_at AS DATE)) BETWEEN 0 AND 30
GROUP BY
  o.contact_id
HAVING
  COUNT(DISTINCT l.product_id) >= 2;
