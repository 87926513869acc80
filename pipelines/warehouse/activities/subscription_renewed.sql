-- A subscription was renewed.
-- key: subscription_id
select
    subscription_id || ':renewed:' || cast(renewed_at as varchar) as activity_id, contact_id, renewed_at as occurred_at,
    coalesce(corrected_at, loaded_at) as loaded_at,
    subscription_id as key, cast(null as decimal(18, 2)) as value,
    subscription_id, plan, expires_at
from shop.subscriptions where renewed_at is not null
