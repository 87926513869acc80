SELECT
  s.message_key,
  s.sender,
  s.attempt,
  CASE WHEN i.idempotent THEN 'retry' ELSE 'unknown' END AS state,
  :now AS changed_at,
  CAST(NULL AS STRING) AS provider_message_id,
  'the run was interrupted after claiming it' AS error
FROM delivery.sends AS s
LEFT JOIN idempotence AS i
  ON i.sender = s.sender
WHERE
  s.state = 'claimed'
  AND NOT EXISTS(
    SELECT
      1
    FROM delivery.sends AS later
    WHERE
      later.message_key = s.message_key
      AND later.attempt = s.attempt
      AND later.state <> 'claimed'
  );
