SELECT
  message_key,
  channel,
  template
FROM outbox.messages
WHERE
  contact_id = :contact AND step = :step
ORDER BY
  due_at DESC,
  message_key NULLS LAST
LIMIT 1;
