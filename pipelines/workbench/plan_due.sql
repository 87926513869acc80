-- What falls due in the ticks after one, and what that one left waiting for its hour: whether it goes, and why not.
create or replace table planned_messages as
select
    message_key, scenario, step, contact_id, template, channel, locale, not_before, reason,
    status = 'to_send' or (status = 'held' and reason in ('quiet_hours', 'not_yet')) as goes
from outbox.messages
where not_before < $until and (as_of > $as_of or changed_at > $as_of or (status = 'held' and reason in ('quiet_hours', 'not_yet') and not_before >= $as_of));
