SELECT
  contact_id,
  product_id,
  due_on
FROM (
  WITH zones AS (
    SELECT
      zone,
      starts_at,
      ends_at,
      offset_seconds
    FROM calendar.zone_offsets
    WHERE
      starts_at <= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
      AND ends_at > CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) - INTERVAL '365' DAY
  ), orders AS (
    SELECT
      o.order_id,
      o.contact_id,
      CAST((
        o.ordered_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
      ) AS DATE) AS bought_on
    FROM shop.orders AS o
    INNER JOIN facts.contacts AS c
      ON o.contact_id = c.contact_id
    LEFT JOIN zones AS z
      ON c.timezone = z.zone AND o.ordered_at >= z.starts_at AND o.ordered_at < z.ends_at
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
      r.contact_id,
      r.product_id,
      DATE_ADD(CAST(r.last_bought_on AS DATE), CAST(r.gap_days AS INT)) AS due_on,
      CAST((
        CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
      ) AS DATE) AS today
    FROM rhythms AS r
    INNER JOIN facts.contacts AS c
      ON r.contact_id = c.contact_id
    INNER JOIN zones AS z
      ON c.timezone = z.zone
      AND z.starts_at <= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
      AND z.ends_at > CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
  )
  SELECT
    contact_id,
    product_id,
    due_on,
    ROW_NUMBER() OVER (PARTITION BY contact_id ORDER BY due_on NULLS LAST, product_id NULLS LAST) AS _w
  FROM due
  WHERE
    DATEDIFF(CAST(today AS DATE), CAST(due_on AS DATE)) BETWEEN 0 AND 30
) AS _t
WHERE
  _w = 1;
