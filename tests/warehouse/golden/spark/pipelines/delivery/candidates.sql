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
) AS _t
WHERE
  _w = 1;

SELECT
  m.*,
  COALESCE(l.attempt, 0) AS attempts
FROM outbox.messages AS m
LEFT JOIN ledger AS l
  ON l.message_key = m.message_key
LEFT JOIN reach AS r
  ON r.channel = m.channel
WHERE
  (
    m.status = 'to_send'
    OR (
      m.status = 'held' AND NOT m.reason IN ('capped', 'lower_priority')
    )
  )
  AND COALESCE(l.state, 'retry') = 'retry'
  AND (
    m.not_before <= :now OR (
      m.not_before > r.since AND m.not_before <= r.until
    )
  )
  AND (
    COALESCE(l.retry_at, :now) <= :now OR m.expires_at <= :now
  );

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
