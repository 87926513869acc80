-- A contact whom a friend had recommended the shop to signed up.
-- key: referral_id
select
    referral_id || ':referred_signed_up' as activity_id, referee_id as contact_id, occurred_at, loaded_at,
    referral_id as key, cast(null as decimal(18, 2)) as value,
    referral_id, referrer_id
from shop.referrals where kind = 'signed_up'
