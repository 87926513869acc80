SELECT
  message_key,
  reason,
  detail,
  CASE WHEN reason IS NULL THEN 'to_send' WHEN final THEN 'dropped' ELSE 'held' END AS status
FROM (
  SELECT
    w.message_key,
    CASE
      WHEN NOT x.message_key IS NULL OR s.state IN ('stopped:eject', 'removed')
      THEN 'exited_before_send'
      WHEN NOT j.impossible IS NULL
      THEN j.impossible
      WHEN s.state IN ('paused:hold', 'paused:expire', 'draft')
      THEN 'scenario_paused'
      WHEN STARTSWITH(s.held, 'guard')
      THEN 'guard_tripped'
      WHEN NOT s.held IS NULL
      THEN 'stale_source'
      WHEN a.channel IS NULL
      THEN 'not_sent'
      WHEN NOT c.message_key IS NULL
      THEN 'quiet_hours'
    END AS reason,
    NOT x.message_key IS NULL
    OR NOT j.impossible IS NULL
    OR s.state IN ('stopped:eject', 'removed', 'paused:expire') AS final,
    COALESCE(
      x.detail,
      CASE WHEN j.impossible = 'unreachable' THEN j.fault END,
      s.held,
      CASE
        WHEN s.state <> 'live'
        THEN s.state
        WHEN a.channel IS NULL
        THEN 'the environment is not live'
      END
    ) AS detail
  FROM waiting AS w
  JOIN journeys.states AS s
    ON s.scenario = w.scenario
  LEFT JOIN (
    SELECT
      message_key,
      MIN(detail) AS detail
    FROM exited
    GROUP BY
      message_key
  ) AS x
    ON x.message_key = w.message_key
  LEFT JOIN judged_options AS j
    ON j.message_key = w.message_key
  LEFT JOIN reach AS a
    ON a.channel = w.channel
  LEFT JOIN closed_windows AS c
    ON c.message_key = w.message_key
) AS l;

SELECT
  l.status AS status,
  l.reason AS reason,
  CASE WHEN NOT l.reason IS NULL THEN l.detail END AS detail,
  :now AS changed_at
FROM outbox.messages, looked_again AS l
WHERE
  l.message_key = messages.message_key
  AND (
    messages.status <> l.status
    OR COALESCE(messages.reason, '') <> COALESCE(l.reason, '')
  );

SELECT
  c.opens_at AS not_before
FROM outbox.messages, closed_windows AS c
  JOIN looked_again AS l
    ON l.message_key = c.message_key AND l.reason = 'quiet_hours'
WHERE
  c.message_key = messages.message_key;

SELECT
  j.address AS address
FROM outbox.messages, judged_options AS j
  JOIN looked_again AS l
    ON l.message_key = j.message_key AND l.status = 'to_send'
WHERE
  j.message_key = messages.message_key
  AND COALESCE(messages.address, '') <> j.address;

SELECT
  :now AS lost_at,
  NULL AS went_at
FROM journeys.in_flight_messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM looked_again
    WHERE
      status = 'dropped'
  );

SELECT
  w.message_key,
  w.channel,
  w.attempts,
  ROW_NUMBER() OVER (ORDER BY w.priority DESC, w.due_at NULLS LAST, w.message_key NULLS LAST) AS place
FROM waiting AS w
JOIN looked_again AS l
  ON l.message_key = w.message_key AND l.status = 'to_send';
