SELECT
  s.message_key,
  s.sender,
  s.attempt,
  CASE
    WHEN i.idempotent OR (
      NOT w.changed_at IS NULL AND t.message_key IS NULL
    )
    THEN 'retry'
    ELSE 'unknown'
  END AS state,
  :now AS changed_at,
  CAST(NULL AS STRING) AS provider_message_id,
  CASE
    WHEN NOT w.changed_at IS NULL AND t.message_key IS NULL
    THEN 'the run was interrupted before it was handed over'
    ELSE 'the run was interrupted while it was handed over'
  END AS error,
  :now AS retry_at
FROM delivery.sends AS s
LEFT JOIN idempotence AS i
  ON i.sender = s.sender
LEFT JOIN whole_journals AS w
  ON w.changed_at = s.changed_at
LEFT JOIN taken AS t
  ON t.message_key = s.message_key AND t.attempt = s.attempt
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
