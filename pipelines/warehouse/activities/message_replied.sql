-- A message was replied to; reason is the answer.
-- key: message_key
select
    e.event_id as activity_id, e.contact_id, e.occurred_at, e.loaded_at,
    e.message_key as key, cast(null as decimal(18, 2)) as value,
    e.message_key, e.channel, e.url, e.reason, m.template as message
from shop.message_events e
left join outbox.messages m on m.message_key = e.message_key
where e.kind = 'replied'
