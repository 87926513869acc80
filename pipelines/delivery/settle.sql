-- Messages that the provider will never take, or that could not be written, are dropped with its words; what it could not
-- take now is held, and tried again until it is worthless.
create or replace temp table failed as
select j.message_key, j.error,
    case when j.state = 'retry' then 'held' else 'dropped' end as status,
    case when j.state = 'retry' then 'sender_retry'
        when j.error is not null and starts_with(j.error, 'invalid content') then 'invalid_content'
        else 'refused' end as reason
from journal j
join outbox.messages m on m.message_key = j.message_key and m.status in ('to_send', 'held')
where j.state in ('refused', 'retry');

update outbox.messages set status = f.status, reason = f.reason, detail = f.error, changed_at = $now
from failed f where f.message_key = messages.message_key;

update journeys.in_flight_messages set lost_at = $now, went_at = null
where message_key in (select message_key from failed where status = 'dropped');
