SELECT
  j.message_key,
  j.sender,
  j.attempt,
  j.state,
  j.changed_at,
  j.provider_message_id,
  j.error,
  j.retry_at
FROM journal AS j
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM delivery.sends AS s
    WHERE
      s.message_key = j.message_key AND s.attempt = j.attempt AND s.state = j.state
  );
