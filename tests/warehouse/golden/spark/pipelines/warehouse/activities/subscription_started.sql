SELECT
  subscription_id AS activity_id,
  contact_id,
  started_at AS occurred_at,
  loaded_at,
  subscription_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  subscription_id,
  plan,
  expires_at
FROM shop.subscriptions;
