-- Some of the messages that fell due in the tick.
select scenario, step, contact_id, channel, address, locale, status, reason, due_at, not_before
from outbox.messages
where as_of = $as_of
order by priority desc, due_at, message_key
limit $limit;
