SELECT
  contact_id || ':' || product_id || ':' || CAST(requested_at AS STRING) AS activity_id,
  contact_id,
  requested_at AS occurred_at,
  loaded_at,
  product_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  product_id
FROM shop.stock_requests;
