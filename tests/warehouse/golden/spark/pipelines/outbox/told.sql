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
  AND loaded_at > :since
UNION ALL
SELECT
  CAST(NULL AS STRING),
  s.message_key,
  m.contact_id,
  m.channel,
  'bounced',
  CAST(NULL AS STRING),
  s.changed_at
FROM delivery.sends AS s
JOIN outbox.messages AS m
  ON m.message_key = s.message_key
WHERE
  s.state = 'refused'
  AND STARTSWITH(s.error, :gone)
  AND NOT EXISTS(
    SELECT
      1
    FROM delivery.suppressions AS x
    WHERE
      x.channel = m.channel
      AND x.address_hash = SHA2(m.address, 256)
      AND x.reason = 'hard_bounce'
  );
