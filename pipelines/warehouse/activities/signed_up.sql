-- An account or profile was created on the site.
-- key: contact_id
-- value: cart_value
select
    event_id as activity_id, contact_id, occurred_at, loaded_at,
    contact_id as key, cart_value as value,
    event_id, session_id, url, product_id, cart_id, cart_value, props
from shop.site_events where name = 'signed_up'
