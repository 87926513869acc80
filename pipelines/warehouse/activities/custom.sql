-- An event of the shop's own: scenarios say custom.<name>.
-- key: event_id
select
    event_id as activity_id, contact_id, occurred_at, loaded_at,
    event_id as key, cast(null as decimal(18, 2)) as value,
    event_id, 'custom.' || name as name, props
from shop.custom_events
