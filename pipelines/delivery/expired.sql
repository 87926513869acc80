-- Messages that wait and are worthless by now; one of which nobody knows whether it went does not wait.
create or replace temp table expired as
select m.message_key
from outbox.messages m
where (m.status = 'to_send' or (m.status = 'held' and m.reason not in ('capped', 'lower_priority')))
    and m.expires_at <= $now and m.not_before <= $now
    and m.message_key not in (select message_key from delivery.sends where state in ('accepted', 'refused'));

delete from expired
where message_key in (
    select message_key from (
        select message_key, state from delivery.sends
        where message_key in (select message_key from expired)
        qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
    ) l
    where l.state <> 'retry'
);

update outbox.messages set status = 'dropped', reason = 'expired', detail = null, changed_at = $now
where message_key in (select message_key from expired);

-- Nobody can answer a message that was dropped.
update journeys.in_flight_messages set lost_at = $now, went_at = null
where message_key in (select message_key from expired);
