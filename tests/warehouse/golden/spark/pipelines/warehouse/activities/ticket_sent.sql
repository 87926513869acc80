SELECT
  registration_id || ':ticket_sent' AS activity_id,
  contact_id,
  ticket_sent_at AS occurred_at,
  COALESCE(corrected_at, loaded_at) AS loaded_at,
  event_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  registration_id,
  event_id,
  status
FROM shop.registrations
WHERE
  NOT ticket_sent_at IS NULL;
