SELECT
  r.registration_id || ':absent' AS activity_id,
  r.contact_id,
  COALESCE(e.ends_at, e.starts_at) AS occurred_at,
  COALESCE(r.corrected_at, r.loaded_at) AS loaded_at,
  r.event_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  r.registration_id,
  r.event_id,
  e.name AS event_name
FROM shop.registrations AS r
JOIN shop.calendar_events AS e
  ON e.event_id = r.event_id
WHERE
  r.status = 'absent'
  AND COALESCE(e.ends_at, e.starts_at) < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);
