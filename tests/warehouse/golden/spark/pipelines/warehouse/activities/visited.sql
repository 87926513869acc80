SELECT
  session_id AS activity_id,
  contact_id,
  started_at AS occurred_at,
  loaded_at,
  session_id AS key,
  page_views AS value,
  session_id,
  page_views,
  source,
  device
FROM shop.sessions;
