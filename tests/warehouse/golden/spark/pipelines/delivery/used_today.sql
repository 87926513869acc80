SELECT
  COUNT(DISTINCT message_key)
FROM delivery.sends
WHERE
  sender = :sender AND state IN ('accepted', 'unknown') AND changed_at >= :since;
