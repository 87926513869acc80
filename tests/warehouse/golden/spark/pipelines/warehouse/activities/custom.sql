SELECT
  event_id AS activity_id,
  contact_id,
  occurred_at,
  loaded_at,
  event_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  event_id,
  'custom.' || name AS name,
  props
FROM shop.custom_events;
