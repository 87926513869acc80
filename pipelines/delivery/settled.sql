-- Messages that were handed over, or never will be, among those still valid: found once for a pass. What the pass itself settles lies
-- before the place it has come to.
create or replace temp table settled as
select message_key
from outbox.messages
where status in ('to_send', 'held') and expires_at > $now
    and message_key in (select message_key from delivery.sends where state in ('accepted', 'refused'));
