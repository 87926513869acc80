SELECT
  g.message_key,
  g.attempts + 1 AS attempt
FROM going AS g
JOIN channels_of AS c
  ON c.channel = g.channel
ORDER BY
  g.priority DESC,
  g.due_at NULLS LAST,
  g.message_key NULLS LAST
LIMIT :size;

SELECT
  1
FROM going
WHERE
  message_key IN (
    SELECT
      message_key
    FROM batch
  );

SELECT
  b.message_key,
  :sender AS sender,
  b.attempt,
  'claimed' AS state,
  :now AS changed_at,
  CAST(NULL AS STRING) AS provider_message_id,
  CAST(NULL AS STRING) AS error,
  CAST(NULL AS TIMESTAMP_NTZ) AS retry_at
FROM batch AS b;

SELECT
  m.message_key,
  m.enrolment_id,
  m.scenario,
  m.step,
  m.contact_id,
  m.channel,
  m.address,
  m.topic,
  m.category,
  m.template,
  m.locale,
  m.due_at,
  m.expires_at,
  b.attempt
FROM batch AS b
JOIN outbox.messages AS m
  ON m.message_key = b.message_key
ORDER BY
  m.priority DESC,
  m.due_at NULLS LAST,
  m.message_key NULLS LAST;
