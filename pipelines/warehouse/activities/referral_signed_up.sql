-- A friend whom the contact recommended signed up.
-- key: referral_id
select
    referral_id || ':signed_up' as activity_id, referrer_id as contact_id, occurred_at, loaded_at,
    referral_id as key, cast(null as decimal(18, 2)) as value,
    referral_id, referee_id, coalesce(rl_sha256(referee_id), referral_id) as friend
from shop.referrals where kind = 'signed_up'
