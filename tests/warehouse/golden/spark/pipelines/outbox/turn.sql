WITH competing AS (
  SELECT
    b.*
  FROM binding AS b
  JOIN ranked AS r
    ON r.message_key = b.message_key AND r.turn = :turn
), counted AS (
  SELECT
    c.message_key,
    c.cap,
    c.at_most,
    c.span,
    COUNT(t.message_key) AS taken,
    COUNT(CASE WHEN t.past THEN 1 END) AS taken_before
  FROM competing AS c
  LEFT JOIN (
    SELECT
      message_key,
      contact_id,
      channel,
      topic,
      not_before,
      TRUE AS past
    FROM used
    UNION ALL
    SELECT
      message_key,
      contact_id,
      channel,
      topic,
      not_before,
      FALSE
    FROM admitted_messages
    WHERE
      cap IS NULL AND NOT ghost
  ) AS t
    ON t.contact_id = c.contact_id
    AND (
      c.channel IS NULL OR t.channel = c.channel
    )
    AND (
      c.topic IS NULL OR t.topic = c.topic
    )
    AND (
      t.not_before > c.counts_from
      OR (
        t.not_before = c.counts_from AND c.clock = 'calendar'
      )
    )
    AND t.not_before < c.counts_until
  GROUP BY
    c.message_key,
    c.cap,
    c.at_most,
    c.span
), full_caps AS (
  SELECT
    message_key,
    MIN(
      cap || ': ' || CAST(taken AS STRING) || ' of ' || CAST(at_most AS STRING) || ' in ' || span
    ) AS cap,
    BOOL_OR(taken_before >= at_most) AS by_past
  FROM counted
  WHERE
    taken >= at_most
  GROUP BY
    message_key
)
SELECT
  r.message_key,
  r.contact_id,
  r.channel,
  r.topic,
  r.not_before,
  r.ghost,
  f.cap,
  COALESCE(f.by_past, FALSE) AS by_past
FROM ranked AS r
LEFT JOIN full_caps AS f
  ON f.message_key = r.message_key
WHERE
  r.turn = :turn;
