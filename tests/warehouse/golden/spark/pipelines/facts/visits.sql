WITH counted AS (
  SELECT
    contact_id,
    COUNT(CASE WHEN started_at >= :since_30d THEN 1 END) AS sessions_30d,
    MAX(started_at) AS last_session_at
  FROM counted_sessions
  GROUP BY
    contact_id
), parts AS (
  SELECT
    contact_id,
    FALSE AS anew,
    1 AS sessions_30d
  FROM shop.sessions
  WHERE
    started_at >= :was_30d
    AND started_at < :since_30d
    AND started_at < :previous
    AND loaded_at <= :previous
    AND NOT contact_id IS NULL
  UNION ALL
  SELECT
    contact_id,
    TRUE,
    0
  FROM recounted
  WHERE
    block = 'sessions'
), leaving AS (
  SELECT
    contact_id,
    BOOL_OR(anew) AS anew,
    SUM(sessions_30d) AS sessions_30d
  FROM parts
  GROUP BY
    contact_id
)
SELECT
  COALESCE(c.contact_id, l.contact_id) AS contact_id,
  COALESCE(l.anew, FALSE) AS anew,
  CAST(COALESCE(c.sessions_30d, 0) - CASE WHEN l.anew THEN 0 ELSE COALESCE(l.sessions_30d, 0) END AS BIGINT) AS sessions_30d,
  c.last_session_at
FROM counted AS c
FULL JOIN leaving AS l
  ON l.contact_id = c.contact_id;

WITH counted AS (
  SELECT
    contact_id,
    COUNT(CASE WHEN name = 'product_viewed' AND occurred_at >= :since_30d THEN 1 END) AS product_views_30d,
    MAX(CASE WHEN name IN ('cart_updated', 'checkout_started') THEN occurred_at END) AS last_cart_at,
    MAX(CASE WHEN name = 'quote_requested' THEN occurred_at END) AS last_quote_at,
    COUNT(CASE WHEN name IN ('signed_up', 'account_created') THEN 1 END) > 0 AS has_account
  FROM counted_site_events
  GROUP BY
    contact_id
), parts AS (
  SELECT
    contact_id,
    FALSE AS anew,
    1 AS product_views_30d
  FROM shop.site_events
  WHERE
    occurred_at >= :was_30d
    AND occurred_at < :since_30d
    AND occurred_at < :previous
    AND loaded_at <= :previous
    AND name = 'product_viewed'
    AND NOT contact_id IS NULL
  UNION ALL
  SELECT
    contact_id,
    TRUE,
    0
  FROM recounted
  WHERE
    block = 'site_events'
), leaving AS (
  SELECT
    contact_id,
    BOOL_OR(anew) AS anew,
    SUM(product_views_30d) AS product_views_30d
  FROM parts
  GROUP BY
    contact_id
)
SELECT
  COALESCE(c.contact_id, l.contact_id) AS contact_id,
  COALESCE(l.anew, FALSE) AS anew,
  CAST(COALESCE(c.product_views_30d, 0) - CASE WHEN l.anew THEN 0 ELSE COALESCE(l.product_views_30d, 0) END AS BIGINT) AS product_views_30d,
  c.last_cart_at,
  c.last_quote_at,
  COALESCE(c.has_account, FALSE) AS has_account
FROM counted AS c
FULL JOIN leaving AS l
  ON l.contact_id = c.contact_id;
