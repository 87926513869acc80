SELECT
  m.scenario,
  CASE
    WHEN NOT d.message_key IS NULL
    THEN 'accepted'
    WHEN NOT u.message_key IS NULL
    THEN 'unknown'
    ELSE m.status
  END AS status,
  CASE WHEN d.message_key IS NULL AND u.message_key IS NULL THEN m.reason END AS reason,
  COUNT(*) AS messages
FROM outbox.messages AS m
LEFT JOIN (
  SELECT DISTINCT
    message_key
  FROM delivery.sends
  WHERE
    state = 'accepted'
) AS d
  ON d.message_key = m.message_key
LEFT JOIN (
  SELECT DISTINCT
    message_key
  FROM delivery.sends
  WHERE
    state = 'unknown'
) AS u
  ON u.message_key = m.message_key AND d.message_key IS NULL
WHERE
  m.as_of = :as_of
GROUP BY
  1,
  2,
  3
ORDER BY
  1 NULLS LAST,
  2 NULLS LAST,
  3 NULLS LAST;
