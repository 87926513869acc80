SELECT
  contact_id,
  product_id,
  due_on
FROM (
  WITH orders AS (
    SELECT
      o.order_id,
      o.contact_id,
      CAST(o.ordered_at AS DATE) AS bought_on
    FROM shop.orders AS o
    INNER JOIN facts.contacts AS c
      ON o.contact_id = c.contact_id
    WHERE
      o.ordered_at >= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) - INTERVAL '365' DAY
      AND o.cancelled_at IS NULL
      AND c.orders_365d >= 3
  ), purchase_days AS (
    SELECT DISTINCT
      o.contact_id,
      l.product_id,
      o.bought_on
    FROM orders AS o
    INNER JOIN shop.order_lines AS l
      ON o.order_id = l.order_id
    WHERE
      NOT l.product_id IS NULL
  ), rhythms AS (
    SELECT
      contact_id,
      product_id,
      MAX(bought_on) AS last_bought_on,
      FLOOR(
        DATEDIFF(CAST(MAX(bought_on) AS DATE), CAST(MIN(bought_on) AS DATE)) / NULLIF(COUNT(*) - 1, 0)
      ) AS gap_days
    FROM purchase_days
    GROUP BY
      contact_id,
      product_id
    HAVING
      COUNT(*) >= 3
  ), due AS (
    SELECT
      contact_id,
      product_id,
      DATE_ADD(CAST(last_bought_on AS DATE), CAST(gap_days AS INT)) AS due_on
    FROM rhythms
  )
  SELECT
    contact_id,
    product_id,
    due_on,
    ROW_NUMBER() OVER (PARTITION BY contact_id ORDER BY due_on NULLS LAST, product_id NULLS LAST) AS _w
  FROM due
  WHERE
    DATEDIFF(CAST(CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) AS DATE), CAST(due_on AS DATE)) BETWEEN 0 AND 30
) AS _t
WHERE
  _w = 1;
