WITH counted AS (
  SELECT
    contact_id,
    COUNT(CASE WHEN kind = 'delivered' AND occurred_at >= :since_180d THEN 1 END) AS messages_180d,
    COUNT(CASE WHEN kind = 'opened' AND occurred_at >= :since_90d THEN 1 END) AS opens_90d,
    COUNT(CASE WHEN kind = 'clicked' AND occurred_at >= :since_90d THEN 1 END) AS clicks_90d,
    MAX(CASE WHEN kind = 'opened' THEN occurred_at END) AS last_open_at,
    MAX(CASE WHEN kind = 'clicked' THEN occurred_at END) AS last_click_at
  FROM counted_message_events
  GROUP BY
    contact_id
), parts AS (
  SELECT
    contact_id,
    FALSE AS anew,
    kind
  FROM shop.message_events
  WHERE
    occurred_at >= :was_90d
    AND occurred_at < :since_90d
    AND occurred_at < :previous
    AND loaded_at <= :previous
    AND kind IN ('opened', 'clicked')
  UNION ALL
  SELECT
    contact_id,
    FALSE,
    kind
  FROM shop.message_events
  WHERE
    occurred_at >= :was_180d
    AND occurred_at < :since_180d
    AND occurred_at < :previous
    AND loaded_at <= :previous
    AND kind = 'delivered'
  UNION ALL
  SELECT
    contact_id,
    TRUE,
    ''
  FROM recounted
  WHERE
    block = 'message_events'
), leaving AS (
  SELECT
    contact_id,
    BOOL_OR(anew) AS anew,
    COUNT(CASE WHEN kind = 'delivered' THEN 1 END) AS messages_180d,
    COUNT(CASE WHEN kind = 'opened' THEN 1 END) AS opens_90d,
    COUNT(CASE WHEN kind = 'clicked' THEN 1 END) AS clicks_90d
  FROM parts
  WHERE
    NOT contact_id IS NULL
  GROUP BY
    contact_id
)
SELECT
  COALESCE(c.contact_id, l.contact_id) AS contact_id,
  COALESCE(l.anew, FALSE) AS anew,
  COALESCE(c.messages_180d, 0) - CASE WHEN l.anew THEN 0 ELSE COALESCE(l.messages_180d, 0) END AS messages_180d,
  COALESCE(c.opens_90d, 0) - CASE WHEN l.anew THEN 0 ELSE COALESCE(l.opens_90d, 0) END AS opens_90d,
  COALESCE(c.clicks_90d, 0) - CASE WHEN l.anew THEN 0 ELSE COALESCE(l.clicks_90d, 0) END AS clicks_90d,
  c.last_open_at,
  c.last_click_at
FROM counted AS c
FULL JOIN leaving AS l
  ON l.contact_id = c.contact_id;

WITH parts AS (
  SELECT
    contact_id,
    channel,
    COUNT(*) AS answers
  FROM counted_message_events
  WHERE
    kind IN ('clicked', 'replied')
  GROUP BY
    contact_id,
    channel
  UNION ALL
  SELECT
    contact_id,
    '',
    0
  FROM recounted
  WHERE
    block = 'message_events'
)
SELECT
  contact_id,
  channel,
  answers
FROM parts
UNION ALL
SELECT
  s.contact_id,
  s.channel,
  s.answers
FROM facts.stored_channels AS s
WHERE
  s.contact_id IN (
    SELECT
      contact_id
    FROM parts
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM recounted AS r
    WHERE
      r.block = 'message_events' AND r.contact_id = s.contact_id
  );

SELECT
  1
FROM facts.stored_channels
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM answers
  );

SELECT
  contact_id,
  channel,
  CAST(SUM(answers) AS BIGINT)
FROM answers
WHERE
  channel <> ''
GROUP BY
  contact_id,
  channel;

WITH totals AS (
  SELECT
    contact_id,
    channel,
    SUM(answers) AS answers
  FROM answers
  GROUP BY
    contact_id,
    channel
), ranked AS (
  SELECT
    contact_id,
    channel,
    ROW_NUMBER() OVER (PARTITION BY contact_id ORDER BY answers DESC, channel NULLS LAST) AS place
  FROM totals
)
SELECT
  contact_id,
  NULLIF(MAX(CASE WHEN place = 1 THEN channel END), '') AS preferred_channel
FROM ranked
GROUP BY
  contact_id;
