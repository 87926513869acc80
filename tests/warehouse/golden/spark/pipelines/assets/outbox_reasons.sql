SELECT
  scenario,
  status,
  reason,
  COUNT(*) AS messages
FROM outbox.messages
WHERE
  as_of = :as_of
GROUP BY
  scenario,
  status,
  reason
ORDER BY
  scenario NULLS LAST,
  messages DESC,
  status NULLS LAST,
  reason NULLS LAST;
