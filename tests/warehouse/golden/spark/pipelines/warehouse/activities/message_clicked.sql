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
  l.link,
  l.message
FROM shop.message_events AS e
LEFT JOIN delivery.links AS l
  ON l.message_key = e.message_key AND l.url = e.url
WHERE
  e.kind = 'clicked';
