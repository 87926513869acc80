SELECT
  m.message_key
FROM outbox.messages AS m
WHERE
  (
    m.status = 'to_send'
    OR (
      m.status = 'held' AND NOT m.reason IN ('capped', 'lower_priority')
    )
  )
  AND m.expires_at <= :now
  AND m.not_before <= :now
  AND NOT m.message_key IN (
    SELECT
      message_key
    FROM delivery.sends
    WHERE
      state IN ('accepted', 'refused')
  );

SELECT
  1
FROM expired
WHERE
  message_key IN (
    SELECT
      message_key
    FROM (
      SELECT
        message_key,
        state
      FROM (
        SELECT
          message_key,
          state,
          ROW_NUMBER() OVER (
            PARTITION BY message_key
            ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
          ) AS _w
        FROM delivery.sends
        WHERE
          message_key IN (
            SELECT
              message_key
            FROM expired
          )
      ) AS _t
      WHERE
        _w = 1
    ) AS l
    WHERE
      l.state <> 'retry'
  );

SELECT
  'dropped' AS status,
  'expired' AS reason,
  NULL AS detail,
  :now AS changed_at
FROM outbox.messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM expired
  );

SELECT
  :now AS lost_at,
  NULL AS went_at
FROM journeys.in_flight_messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM expired
  );
