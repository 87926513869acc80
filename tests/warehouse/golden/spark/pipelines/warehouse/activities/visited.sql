SELECT
  session_id AS activity_id,
  contact_id,
  started_at AS occurred_at,
  loaded_at,
  session_id AS key,
  CASE
    WHEN page_views BETWEEN -999999999999999 AND 999999999999999
    THEN page_views
  END AS value,
  session_id,
  page_views,
  source,
  device
FROM shop.sessions;
