SELECT
  event_id,
  message_key,
  contact_id,
  channel,
  kind,
  reason,
  occurred_at
FROM shop.message_events
WHERE
  kind IN ('bounced', 'complained', 'unsubscribed') AND occurred_at >= :since
UNION ALL
SELECT
  event_id,
  message_key,
  contact_id,
  channel,
  kind,
  reason,
  occurred_at
FROM shop.message_events
WHERE
  kind IN ('bounced', 'complained', 'unsubscribed')
  AND occurred_at < :since
  AND loaded_at > :since;
