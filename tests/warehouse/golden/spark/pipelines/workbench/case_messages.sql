SELECT
  template,
  not_before,
  CASE
    WHEN status = 'dropped' OR reason IN ('capped', 'lower_priority')
    THEN reason
  END AS dropped
FROM outbox.messages
WHERE
  contact_id = :contact AND scenario = :scenario
ORDER BY
  not_before NULLS LAST,
  due_at NULLS LAST,
  template NULLS LAST;
