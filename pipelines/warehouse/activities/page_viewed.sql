-- A page was seen.
-- key: url
-- value: cart_value
select
    event_id as activity_id, contact_id, occurred_at, loaded_at,
    url as key, cart_value as value,
    event_id, session_id, url, product_id, cart_id, cart_value, props
from shop.site_events where name = 'page_viewed'
