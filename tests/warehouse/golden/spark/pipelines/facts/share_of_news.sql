WITH news AS (
  SELECT
    COUNT(*) AS rows
  FROM shop.orders
  WHERE
    ordered_at >= :previous
  UNION ALL
  SELECT
    COUNT(*)
  FROM shop.orders
  WHERE
    ordered_at < :previous AND loaded_at > :previous
  UNION ALL
  SELECT
    COUNT(*)
  FROM shop.sessions
  WHERE
    started_at >= :previous
  UNION ALL
  SELECT
    COUNT(*)
  FROM shop.sessions
  WHERE
    started_at < :previous AND loaded_at > :previous
  UNION ALL
  SELECT
    COUNT(*)
  FROM shop.site_events
  WHERE
    occurred_at >= :previous
  UNION ALL
  SELECT
    COUNT(*)
  FROM shop.site_events
  WHERE
    occurred_at < :previous AND loaded_at > :previous
  UNION ALL
  SELECT
    COUNT(*)
  FROM shop.message_events
  WHERE
    occurred_at >= :previous
  UNION ALL
  SELECT
    COUNT(*)
  FROM shop.message_events
  WHERE
    occurred_at < :previous AND loaded_at > :previous
), stored AS (
  SELECT
    COUNT(*) AS rows
  FROM raw.orders
  UNION ALL
  SELECT
    COUNT(*)
  FROM raw.sessions
  UNION ALL
  SELECT
    COUNT(*)
  FROM raw.site_events
  UNION ALL
  SELECT
    COUNT(*)
  FROM raw.message_events
)
SELECT
  COALESCE(
    (
      SELECT
        SUM(rows)
      FROM news
    ) / NULLIF((
      SELECT
        SUM(rows)
      FROM stored
    ), 0),
    0
  ) AS share;
