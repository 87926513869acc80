-- Messages that the provider will never take, or that could not be written: dropped, with its words.
create or replace temp table failed as
select s.message_key,
    case when s.error is not null and starts_with(s.error, 'invalid content') then 'invalid_content' else 'refused' end as reason, s.error
from delivery.sends s
join to_render r on r.message_key = s.message_key and r.attempt = s.attempt
where s.state = 'refused';

update outbox.messages set status = 'dropped', reason = f.reason, detail = f.error, changed_at = $now
from failed f where f.message_key = messages.message_key;

update journeys.in_flight_messages set lost_at = $now, went_at = null
where message_key in (select message_key from failed);
