SELECT
  COALESCE(
    COUNT(DISTINCT contact_id) / NULLIF((
      SELECT
        COUNT(*)
      FROM facts.stored_contacts
    ), 0),
    0
  ) AS share
FROM recounted
WHERE
  block IN ('orders', 'sessions', 'site_events', 'message_events', 'points');
