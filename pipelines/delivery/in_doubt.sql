-- Messages that wait and would go, of which the ledger has heard nothing since journals were lost. `ahead` is how many seconds before its
-- moment the sender of its channel may have given one to a provider that schedules.
create or replace temp table in_question as
select m.message_key, m.enrolment_id, m.as_of, m.due_at, m.not_before, c.sender, c.ahead, coalesce(l.attempt, 0) + 1 as attempt
from outbox.messages m
join carriers c on c.channel = m.channel
left join (
    select message_key, attempt, state, changed_at from delivery.sends
    where message_key in (select message_key from outbox.messages where status in ('to_send', 'held'))
    qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
) l on l.message_key = m.message_key
where (m.status = 'to_send' or (m.status = 'held' and m.reason not in ('capped', 'lower_priority')))
    and coalesce(l.state, 'retry') = 'retry' and (l.changed_at is null or l.changed_at < $until);

-- How much later they may have fallen due than they did before: by so much as the messages before them in their run waited, those decided since.
create or replace temp table delays as
select q.message_key, sum(rl_seconds(e.due_at, e.not_before)) as seconds
from in_question q
join outbox.messages e on e.enrolment_id = q.enrolment_id and e.due_at < q.due_at and e.as_of >= $until
group by q.message_key;

-- Those that may have fallen due before then may have gone. What a tick decided before then could not go before its moment, either.
insert into delivery.sends by name
select q.message_key, q.sender, q.attempt, 'unknown' as state, $now as changed_at, cast(null as varchar) as provider_message_id,
    'the journals that would say whether it went were lost' as error, cast(null as timestamp) as retry_at
from in_question q
left join delays d on d.message_key = q.message_key
where rl_add_seconds(q.due_at, -coalesce(d.seconds, 0)) < rl_add_seconds($until, q.ahead)
    and (q.as_of >= $until or q.not_before < rl_add_seconds($until, q.ahead));
