SELECT
  m.message_key,
  m.enrolment_id,
  m.as_of,
  m.due_at,
  m.not_before,
  c.sender,
  c.ahead,
  COALESCE(l.attempt, 0) + 1 AS attempt
FROM outbox.messages AS m
JOIN carriers AS c
  ON c.channel = m.channel
LEFT JOIN (
  SELECT
    message_key,
    attempt,
    state,
    changed_at
  FROM (
    SELECT
      message_key,
      attempt,
      state,
      changed_at,
      ROW_NUMBER() OVER (
        PARTITION BY message_key
        ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
      ) AS _w
    FROM delivery.sends
    WHERE
      message_key IN (
        SELECT
          message_key
        FROM outbox.messages
        WHERE
          status IN ('to_send', 'held')
      )
  ) AS _t
  WHERE
    _w = 1
) AS l
  ON l.message_key = m.message_key
WHERE
  (
    m.status = 'to_send'
    OR (
      m.status = 'held' AND NOT m.reason IN ('capped', 'lower_priority')
    )
  )
  AND COALESCE(l.state, 'retry') = 'retry'
  AND (
    l.changed_at IS NULL OR l.changed_at < :until
  );

SELECT
  q.message_key,
  SUM(
    CAST(FLOOR(
      (
        UNIX_MICROS(CAST(e.not_before AS TIMESTAMP)) - UNIX_MICROS(CAST(e.due_at AS TIMESTAMP))
      ) / 1000000
    ) AS BIGINT)
  ) AS seconds
FROM in_question AS q
JOIN outbox.messages AS e
  ON e.enrolment_id = q.enrolment_id AND e.due_at < q.due_at AND e.as_of >= :until
GROUP BY
  q.message_key;

SELECT
  q.message_key,
  q.sender,
  q.attempt,
  'unknown' AS state,
  :now AS changed_at,
  CAST(NULL AS STRING) AS provider_message_id,
  'the journals that would say whether it went were lost' AS error,
  CAST(NULL AS TIMESTAMP_NTZ) AS retry_at
FROM in_question AS q
LEFT JOIN delays AS d
  ON d.message_key = q.message_key
WHERE
  (
    q.due_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -COALESCE(d.seconds, 0)
    ))
  ) < (
    :until + MAKE_DT_INTERVAL(0, 0, 0, q.ahead)
  )
  AND (
    q.as_of >= :until
    OR q.not_before < (
      :until + MAKE_DT_INTERVAL(0, 0, 0, q.ahead)
    )
  );
