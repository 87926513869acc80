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
  message_key NULLS LAST;
