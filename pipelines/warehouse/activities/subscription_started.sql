-- A subscription began.
-- key: subscription_id
select
    subscription_id as activity_id, contact_id, started_at as occurred_at, loaded_at,
    subscription_id as key, cast(null as decimal(18, 2)) as value,
    subscription_id, plan, expires_at
from shop.subscriptions
