WITH parts AS (
  SELECT
    contact_id,
    FALSE AS anew,
    COUNT(CASE WHEN started_at >= :since_30d THEN 1 END) AS sessions_30d,
    MAX(started_at) AS last_session_at
  FROM counted_sessions
  GROUP BY
    contact_id
  UNION ALL
  SELECT
    s.contact_id,
    FALSE,
    -COUNT(*),
    NULL
  FROM shop.sessions AS s
  WHERE
    s.started_at >= :was_30d
    AND s.started_at < :since_30d
    AND s.started_at < :previous
    AND s.loaded_at <= :previous
    AND NOT s.contact_id IS NULL
    AND NOT EXISTS(
      SELECT
        1
      FROM recounted AS r
      WHERE
        r.block = 'sessions' AND r.contact_id = s.contact_id
    )
  GROUP BY
    s.contact_id
  UNION ALL
  SELECT
    contact_id,
    TRUE,
    0,
    NULL
  FROM recounted
  WHERE
    block = 'sessions'
)
SELECT
  contact_id,
  BOOL_OR(anew) AS anew,
  CAST(SUM(sessions_30d) AS BIGINT) AS sessions_30d,
  MAX(last_session_at) AS last_session_at
FROM parts
GROUP BY
  contact_id;

WITH parts AS (
  SELECT
    contact_id,
    FALSE AS anew,
    COUNT(CASE WHEN name = 'product_viewed' AND occurred_at >= :since_30d THEN 1 END) AS product_views_30d,
    MAX(CASE WHEN name IN ('cart_updated', 'checkout_started') THEN occurred_at END) AS last_cart_at,
    MAX(CASE WHEN name = 'quote_requested' THEN occurred_at END) AS last_quote_at,
    COUNT(CASE WHEN name IN ('signed_up', 'account_created') THEN 1 END) > 0 AS has_account
  FROM counted_site_events
  GROUP BY
    contact_id
  UNION ALL
  SELECT
    e.contact_id,
    FALSE,
    -COUNT(*),
    NULL,
    NULL,
    FALSE
  FROM shop.site_events AS e
  WHERE
    e.occurred_at >= :was_30d
    AND e.occurred_at < :since_30d
    AND e.occurred_at < :previous
    AND e.loaded_at <= :previous
    AND e.name = 'product_viewed'
    AND NOT e.contact_id IS NULL
    AND NOT EXISTS(
      SELECT
        1
      FROM recounted AS r
      WHERE
        r.block = 'site_events' AND r.contact_id = e.contact_id
    )
  GROUP BY
    e.contact_id
  UNION ALL
  SELECT
    contact_id,
    TRUE,
    0,
    NULL,
    NULL,
    FALSE
  FROM recounted
  WHERE
    block = 'site_events'
)
SELECT
  contact_id,
  BOOL_OR(anew) AS anew,
  CAST(SUM(product_views_30d) AS BIGINT) AS product_views_30d,
  MAX(last_cart_at) AS last_cart_at,
  MAX(last_quote_at) AS last_quote_at,
  BOOL_OR(has_account) AS has_account
FROM parts
GROUP BY
  contact_id;
