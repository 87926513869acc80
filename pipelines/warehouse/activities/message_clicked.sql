-- A message was clicked; `link` is the name its template gives to what was clicked, `message` whose link that is.
-- key: message_key
select
    e.event_id as activity_id, e.contact_id, e.occurred_at, e.loaded_at,
    e.message_key as key, cast(null as decimal(18, 2)) as value,
    e.message_key, e.channel, e.url, e.reason, l.link, l.message
from shop.message_events e
left join delivery.links l on l.message_key = e.message_key and l.url = e.url
where e.kind = 'clicked'
