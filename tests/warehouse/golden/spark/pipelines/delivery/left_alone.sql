SELECT
  MAX(retry_at)
FROM delivery.sends
WHERE
  sender = :sender
  AND state = 'retry'
  AND retry_at > :now
  AND STARTSWITH(error, :asked);
