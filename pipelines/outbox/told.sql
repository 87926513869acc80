-- What was learned about addresses nobody may write to again: hard bounces, complaints, unsubscriptions. The address is
-- the one the message went to, else the contact's of now. An unsubscription names its topic; other words mean everything.
create or replace temp table told as
select event_id, message_key, contact_id, channel, kind, reason, occurred_at
from shop.message_events
where kind in ('bounced', 'complained', 'unsubscribed') and occurred_at >= $since
union all
select event_id, message_key, contact_id, channel, kind, reason, occurred_at
from shop.message_events
where kind in ('bounced', 'complained', 'unsubscribed') and occurred_at < $since and loaded_at > $since;
