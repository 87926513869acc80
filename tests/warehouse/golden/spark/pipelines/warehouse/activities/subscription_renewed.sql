SELECT
  subscription_id || ':renewed:' || CAST(renewed_at AS STRING) AS activity_id,
  contact_id,
  renewed_at AS occurred_at,
  COALESCE(corrected_at, loaded_at) AS loaded_at,
  subscription_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  subscription_id,
  plan,
  expires_at
FROM shop.subscriptions
WHERE
  NOT renewed_at IS NULL;
