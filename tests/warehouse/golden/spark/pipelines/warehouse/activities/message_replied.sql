SELECT
  event_id AS activity_id,
  contact_id,
  occurred_at,
  loaded_at,
  message_key AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  message_key,
  channel,
  url,
  reason
FROM shop.message_events
WHERE
  kind = 'replied';
