-- A personal code was used.
-- key: offer
select
    offer || ':' || code as activity_id, contact_id, redeemed_at as occurred_at, coalesce(corrected_at, loaded_at) as loaded_at,
    offer as key, cast(null as decimal(18, 2)) as value,
    offer, code
from shop.offer_codes where redeemed_at is not null
