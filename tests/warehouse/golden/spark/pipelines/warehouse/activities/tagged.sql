SELECT
  contact_id || ':' || tag || ':' || CAST(added_at AS STRING) AS activity_id,
  contact_id,
  added_at AS occurred_at,
  loaded_at,
  tag AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  tag,
  source
FROM shop.contact_tags;
