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
), early_purchases AS (
  SELECT
    b.contact_id,
    b.product_id
  FROM shop.purchases AS b
  INNER JOIN new_products AS p
    ON b.product_id = p.product_id
  WHERE
    b.ordered_at >= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) - INTERVAL '365' DAY
    AND DATEDIFF(CAST(b.ordered_at AS DATE), CAST(p.launched_at AS DATE)) BETWEEN 0 AND 30
), early_buyers AS (
  SELECT
    contact_id
  FROM early_purchases
  GROUP BY
    contact_id
  HAVING
    COUNT(DISTINCT product_id) >= 2
)
SELECT
  b.contact_id
FROM early_buyers AS b
INNER JOIN facts.contacts AS c
  ON b.contact_id = c.contact_id;
