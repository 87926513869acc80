SELECT
  m.message_key
FROM (
  SELECT
    message_key
  FROM going
  WHERE
    NOT message_key IN (
      SELECT
        message_key
      FROM delivery.sends
      WHERE
        sender = :sender AND changed_at = :now AND state = 'claimed'
    )
  UNION ALL
  SELECT
    message_key
  FROM delivery.sends
  WHERE
    sender = :sender AND changed_at = :now AND state = 'retry' AND error = :not_tried
) AS l
JOIN outbox.messages AS m
  ON m.message_key = l.message_key
WHERE
  m.status = 'to_send' OR m.reason <> :reason OR COALESCE(m.detail, '') <> :detail
UNION
SELECT
  m.message_key
FROM outbox.messages AS m
JOIN channels_of AS c
  ON c.channel = m.channel
LEFT JOIN reach AS r
  ON r.channel = m.channel
WHERE
  (
    m.status = 'to_send'
    OR (
      m.status = 'held'
      AND m.reason IN ('not_yet', 'quiet_hours', 'sender_quota', 'sender_retry', 'halted', 'not_sent')
    )
  )
  AND (
    m.status = 'to_send' OR m.reason <> :reason OR COALESCE(m.detail, '') <> :detail
  )
  AND m.expires_at > :now
  AND (
    m.not_before <= :now OR (
      m.not_before > r.since AND m.not_before <= r.until
    )
  )
  AND m.message_key >= :first
  AND m.message_key < :until
  AND NOT m.message_key IN (
    SELECT
      message_key
    FROM delivery.sends
    WHERE
      state <> 'claimed' AND message_key >= :first AND message_key < :until
  );

SELECT
  'held' AS status,
  :reason AS reason,
  :detail AS detail,
  :now AS changed_at
FROM outbox.messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM left_over
  );
