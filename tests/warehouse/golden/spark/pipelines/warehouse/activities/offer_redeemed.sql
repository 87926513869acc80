SELECT
  offer || ':' || code AS activity_id,
  contact_id,
  redeemed_at AS occurred_at,
  COALESCE(corrected_at, loaded_at) AS loaded_at,
  offer AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  offer,
  code
FROM shop.offer_codes
WHERE
  NOT redeemed_at IS NULL;
