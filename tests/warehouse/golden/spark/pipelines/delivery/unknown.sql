SELECT
  s.message_key,
  m.scenario,
  m.step,
  m.contact_id,
  m.address,
  m.channel,
  s.sender,
  s.attempt,
  s.first_at,
  s.changed_at,
  m.expires_at,
  s.error
FROM (
  SELECT
    message_key,
    sender,
    attempt,
    state,
    changed_at,
    error,
    first_at
  FROM (
    SELECT
      message_key,
      sender,
      attempt,
      state,
      changed_at,
      error,
      MIN(changed_at) OVER (PARTITION BY message_key) AS first_at,
      ROW_NUMBER() OVER (
        PARTITION BY message_key
        ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
      ) AS _w
    FROM delivery.sends
  ) AS _t
  WHERE
    _w = 1
) AS s
JOIN outbox.messages AS m
  ON m.message_key = s.message_key
WHERE
  s.state = 'unknown'
ORDER BY
  s.changed_at NULLS LAST,
  s.message_key NULLS LAST;
