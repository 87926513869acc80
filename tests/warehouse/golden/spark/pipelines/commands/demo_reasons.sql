SELECT
  scenario,
  status,
  reason,
  COUNT(*) AS messages
FROM outbox.messages
WHERE
  status <> 'to_send'
GROUP BY
  scenario,
  status,
  reason
ORDER BY
  scenario NULLS LAST,
  messages DESC,
  status NULLS LAST,
  reason NULLS LAST;
