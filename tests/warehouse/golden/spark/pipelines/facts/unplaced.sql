SELECT
  t.kind,
  t.ref
FROM (
  SELECT
    'product' AS kind,
    product_id AS ref
  FROM raw.order_lines
  WHERE
    loaded_at > :loaded_after
  UNION
  SELECT
    'product' AS kind,
    product_id AS ref
  FROM raw.order_lines
  WHERE
    corrected_at > :loaded_after
  UNION
  SELECT
    'product' AS kind,
    product_id AS ref
  FROM raw.site_events
  WHERE
    loaded_at > :loaded_after AND name = 'product_viewed'
  UNION
  SELECT
    'product' AS kind,
    product_id AS ref
  FROM raw.site_events
  WHERE
    corrected_at > :loaded_after AND name = 'product_viewed'
  UNION
  SELECT
    'page' AS kind,
    SPLIT_PART(url, '?', 1) AS ref
  FROM raw.message_events
  WHERE
    loaded_at > :loaded_after AND kind = 'clicked'
  UNION
  SELECT
    'page' AS kind,
    SPLIT_PART(url, '?', 1) AS ref
  FROM raw.message_events
  WHERE
    corrected_at > :loaded_after AND kind = 'clicked'
) AS t
LEFT JOIN placed AS p
  ON p.kind = t.kind AND p.ref = t.ref
LEFT JOIN facts.unplaced AS u
  ON u.kind = t.kind AND u.ref = t.ref
WHERE
  NOT t.ref IS NULL AND p.ref IS NULL AND u.ref IS NULL;
