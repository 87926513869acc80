SELECT
  scenario,
  step,
  contact_id,
  channel,
  address,
  locale,
  status,
  reason,
  due_at,
  not_before
FROM outbox.messages
WHERE
  as_of = :as_of
ORDER BY
  priority DESC,
  due_at NULLS LAST,
  message_key NULLS LAST
LIMIT :limit;
