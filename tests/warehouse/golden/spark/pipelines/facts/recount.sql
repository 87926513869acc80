SELECT
  order_id,
  contact_id,
  TRUE AS ended
FROM raw.orders
WHERE
  cancelled_at >= :previous
  AND cancelled_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
  AND ordered_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
UNION ALL
SELECT
  order_id,
  contact_id,
  FALSE AS ended
FROM shop.orders
WHERE
  ordered_at >= :previous AND NOT cancelled_at IS NULL
UNION ALL
SELECT
  order_id,
  contact_id,
  FALSE AS ended
FROM shop.orders
WHERE
  loaded_at > :previous AND NOT cancelled_at IS NULL
UNION ALL
SELECT
  order_id,
  contact_id,
  FALSE AS ended
FROM raw.orders
WHERE
  corrected_at > :previous;

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
  loaded_at > :previous AND contract IN (
    SELECT
      name
    FROM scored_tables
  )
UNION
SELECT
  contact_id,
  'orders' AS block
FROM unsettled_orders
WHERE
  ended AND NOT contact_id IS NULL
UNION
SELECT
  r.contact_id,
  'orders' AS block
FROM shop.refunds AS r
WHERE
  NOT r.contact_id IS NULL
  AND r.order_id IN (
    SELECT
      order_id
    FROM unsettled_orders
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
