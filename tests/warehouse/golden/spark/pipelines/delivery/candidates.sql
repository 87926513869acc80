SELECT
  m.message_key,
  m.priority,
  m.due_at
FROM outbox.messages AS m
JOIN channels_of AS c
  ON c.channel = m.channel
LEFT JOIN reach AS r
  ON r.channel = m.channel
WHERE
  (
    m.status = 'to_send'
    OR (
      m.status = 'held' AND NOT m.reason IN ('capped', 'lower_priority')
    )
  )
  AND m.expires_at > :now
  AND (
    m.not_before <= :now OR (
      m.not_before > r.since AND m.not_before <= r.until
    )
  )
  AND (
    m.priority < :priority
    OR (
      m.priority = :priority
      AND (
        m.due_at > :due_at OR (
          m.due_at = :due_at AND m.message_key > :message_key
        )
      )
    )
  )
  AND NOT m.message_key IN (
    SELECT
      message_key
    FROM settled
  )
ORDER BY
  m.priority DESC,
  m.due_at NULLS LAST,
  m.message_key NULLS LAST
LIMIT :size;

SELECT
  m.message_key,
  m.enrolment_id,
  m.scenario,
  m.version,
  m.step,
  m.contact_id,
  m.template,
  m.channel,
  m.topic,
  m.category,
  m.priority,
  m.due_at,
  m.not_before,
  m.expires_at,
  COALESCE(l.attempt, 0) AS attempts
FROM candidates AS n
JOIN outbox.messages AS m
  ON m.message_key = n.message_key
LEFT JOIN (
  SELECT
    message_key,
    attempt,
    state,
    retry_at
  FROM (
    SELECT
      message_key,
      attempt,
      state,
      retry_at,
      ROW_NUMBER() OVER (
        PARTITION BY message_key
        ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
      ) AS _w
    FROM delivery.sends
    WHERE
      message_key IN (
        SELECT
          message_key
        FROM candidates
      )
  ) AS _t
  WHERE
    _w = 1
) AS l
  ON l.message_key = m.message_key
WHERE
  COALESCE(l.state, 'retry') = 'retry' AND COALESCE(l.retry_at, :now) <= :now;

SELECT
  message_key,
  enrolment_id,
  scenario,
  version,
  step,
  contact_id,
  template AS message,
  channel AS channels,
  topic,
  category,
  priority,
  due_at
FROM waiting;
