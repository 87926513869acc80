-- A form was sent: quote, trial, invitation… (props say which).
-- key: event_id
-- value: cart_value
select
    event_id as activity_id, contact_id, occurred_at, loaded_at,
    event_id as key, cart_value as value,
    event_id, session_id, url, product_id, cart_id, cart_value, props
from shop.site_events where name = 'form_submitted'
