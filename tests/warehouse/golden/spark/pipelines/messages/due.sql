SELECT
  message_key,
  contact_id,
  channel,
  address,
  category,
  template,
  locale,
  scenario,
  step,
  topic
FROM to_render
ORDER BY
  priority DESC,
  due_at NULLS LAST,
  message_key NULLS LAST;
