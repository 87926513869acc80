SELECT
  registration_id AS activity_id,
  contact_id,
  registered_at AS occurred_at,
  loaded_at,
  event_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  registration_id,
  event_id,
  status
FROM shop.registrations;
