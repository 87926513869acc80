-- What was learned about addresses nobody may write to again: hard bounces, complaints, unsubscriptions. The address is
-- the one the message went to, else the contact's of now. An unsubscription names its topic; other words mean everything.
-- Providers that say at hand-over that an address is gone say it in the error of the refusal.
create or replace temp table told as
select event_id, message_key, contact_id, channel, kind, reason, occurred_at
from shop.message_events
where kind in ('bounced', 'complained', 'unsubscribed') and occurred_at >= $since
union all
select event_id, message_key, contact_id, channel, kind, reason, occurred_at
from shop.message_events
where kind in ('bounced', 'complained', 'unsubscribed') and occurred_at < $since and loaded_at > $since
union all
select cast(null as varchar), s.message_key, m.contact_id, m.channel, 'bounced', cast(null as varchar), s.changed_at
from delivery.sends s
join outbox.messages m on m.message_key = s.message_key
where s.state = 'refused' and starts_with(s.error, $gone)
    and not exists (
        select 1 from delivery.suppressions x where x.channel = m.channel and x.address_hash = rl_sha256(m.address) and x.reason = 'hard_bounce'
    );
