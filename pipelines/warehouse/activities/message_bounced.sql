-- A message was bounced.
-- key: message_key
select
    event_id as activity_id, contact_id, occurred_at, loaded_at,
    message_key as key, cast(null as decimal(18, 2)) as value,
    message_key, channel, url, reason
from shop.message_events where kind = 'bounced'
