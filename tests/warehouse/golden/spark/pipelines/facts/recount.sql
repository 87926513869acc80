SELECT
  contact_id,
  CASE WHEN contract IN ('order_lines', 'refunds') THEN 'orders' ELSE contract END AS block
FROM raw.corrections
WHERE
  loaded_at > :previous
UNION
SELECT
  contact_id,
  'points' AS block
FROM raw.corrections
WHERE
  loaded_at > :previous
UNION
SELECT
  contact_id,
  'orders' AS block
FROM shop.orders
WHERE
  cancelled_at >= :previous AND NOT contact_id IS NULL
UNION
SELECT
  r.contact_id,
  'orders' AS block
FROM shop.refunds AS r
JOIN shop.orders AS o
  ON o.order_id = r.order_id
WHERE
  NOT r.contact_id IS NULL
  AND (
    o.corrected_at > :previous
    OR (
      NOT o.cancelled_at IS NULL
      AND (
        o.cancelled_at >= :previous
        OR o.ordered_at >= :previous
        OR o.loaded_at > :previous
      )
    )
  )
UNION
SELECT
  contact_id,
  'contact_tags' AS block
FROM shop.contact_tags
WHERE
  added_at >= :previous OR removed_at >= :previous OR loaded_at > :previous
UNION
SELECT
  contact_id,
  'consents' AS block
FROM shop.consents
WHERE
  occurred_at >= :previous OR loaded_at > :previous
UNION
SELECT
  contact_id,
  'contacts' AS block
FROM raw.contacts
WHERE
  (
    created_at >= :previous
    AND created_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
  )
  OR loaded_at > :previous
  OR corrected_at > :previous
UNION
SELECT
  o.contact_id,
  'orders' AS block
FROM moved AS m
JOIN raw.order_lines AS l
  ON l.product_id = m.ref
JOIN shop.orders AS o
  ON o.order_id = l.order_id
WHERE
  m.kind = 'product' AND NOT o.contact_id IS NULL
UNION
SELECT
  e.contact_id,
  'site_events' AS block
FROM moved AS m
JOIN shop.site_events AS e
  ON e.product_id = m.ref
WHERE
  m.kind = 'product' AND e.name = 'product_viewed' AND NOT e.contact_id IS NULL
UNION
SELECT
  e.contact_id,
  'message_events' AS block
FROM moved AS m
JOIN shop.message_events AS e
  ON SPLIT_PART(e.url, '?', 1) = m.ref
WHERE
  m.kind = 'page' AND e.kind = 'clicked' AND NOT e.contact_id IS NULL
UNION
SELECT
  contact_id,
  'points' AS block
FROM restated
WHERE
  NOT contact_id IS NULL;
