SELECT
  referral_id || ':purchased' AS activity_id,
  referrer_id AS contact_id,
  occurred_at,
  loaded_at,
  referral_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  referral_id,
  referee_id,
  COALESCE(SHA2(referee_id, 256), referral_id) AS friend
FROM shop.referrals
WHERE
  kind = 'purchased';
