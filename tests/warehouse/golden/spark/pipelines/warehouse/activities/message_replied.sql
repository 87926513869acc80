SELECT
  e.event_id AS activity_id,
  e.contact_id,
  e.occurred_at,
  e.loaded_at,
  e.message_key AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  e.message_key,
  e.channel,
  e.url,
  e.reason,
  m.template AS message
FROM shop.message_events AS e
LEFT JOIN outbox.messages AS m
  ON m.message_key = e.message_key
WHERE
  e.kind = 'replied';
