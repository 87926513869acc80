SELECT
  j.message_key,
  j.error,
  CASE WHEN j.state = 'retry' THEN 'held' ELSE 'dropped' END AS status,
  CASE
    WHEN j.state = 'retry'
    THEN 'sender_retry'
    WHEN NOT j.error IS NULL AND STARTSWITH(j.error, 'invalid content')
    THEN 'invalid_content'
    ELSE 'refused'
  END AS reason
FROM journal AS j
JOIN outbox.messages AS m
  ON m.message_key = j.message_key AND m.status IN ('to_send', 'held')
WHERE
  j.state IN ('refused', 'retry');

SELECT
  f.status AS status,
  f.reason AS reason,
  f.error AS detail,
  :now AS changed_at
FROM outbox.messages, failed AS f
WHERE
  f.message_key = messages.message_key;

SELECT
  :now AS lost_at,
  NULL AS went_at
FROM journeys.in_flight_messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM failed
    WHERE
      status = 'dropped'
  );
