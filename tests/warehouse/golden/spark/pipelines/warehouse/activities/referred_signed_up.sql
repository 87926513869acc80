SELECT
  referral_id || ':referred_signed_up' AS activity_id,
  referee_id AS contact_id,
  occurred_at,
  loaded_at,
  referral_id AS key,
  CAST(NULL AS DECIMAL(18, 2)) AS value,
  referral_id,
  referrer_id
FROM shop.referrals
WHERE
  kind = 'signed_up';
