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
  ), purchases AS (
    SELECT
      b.contact_id,
      b.product_id,
      b.ordered_at,
      c.timezone
    FROM shop.purchases AS b
    INNER JOIN facts.contacts AS c
      ON b.contact_id = c.contact_id
    WHERE
      b.ordered_at >= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) - INTERVAL '365' DAY
      AND NOT b.product_id IS NULL
      AND c.orders_365d >= 3
  ), habits AS (
    SELECT
      contact_id,
      product_id
    FROM purchases
    GROUP BY
      contact_id,
      product_id
    HAVING
      COUNT(*) >= 3
  ), purchase_days AS (
    SELECT DISTINCT
      p.contact_id,
      p.product_id,
      CAST((
        p.ordered_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
      ) AS DATE) AS bought_on
    FROM purchases AS p
    INNER JOIN habits AS h
      ON p.contact_id = h.contact_id AND p.product_id = h.product_id
    LEFT JOIN zones AS z
      ON p.timezone = z.zone AND p.ordered_at >= z.starts_at AND p.ordered_at < z.ends_at
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
