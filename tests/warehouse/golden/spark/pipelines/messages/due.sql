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
  topic,
  expires_at
FROM to_render
ORDER BY
  priority DESC,
  due_at NULLS LAST,
  message_key NULLS LAST;
