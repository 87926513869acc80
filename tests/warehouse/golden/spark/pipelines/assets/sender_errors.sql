SELECT
  changed_at,
  state,
  error,
  COUNT(*) AS messages
FROM delivery.sends
WHERE
  sender = :sender AND NOT error IS NULL
GROUP BY
  changed_at,
  state,
  error
ORDER BY
  changed_at DESC,
  messages DESC,
  state NULLS LAST,
  error NULLS LAST
LIMIT :limit;
