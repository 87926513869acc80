-- The next messages on some channels that may go now, in the order they go, after a place in it: decided to send and not
-- handed over, or held until a moment that has come. A provider that schedules is given messages ahead of their moment, but
-- not in the very pass during which that comes: it may be over when the message is taken.
create or replace temp table candidates as
select m.message_key, m.priority, m.due_at
from outbox.messages m
join channels_of c on c.channel = m.channel
left join reach r on r.channel = m.channel
where (m.status = 'to_send' or (m.status = 'held' and m.reason not in ('capped', 'lower_priority')))
    and m.expires_at > $now and (m.not_before <= $now or (m.not_before > r.since and m.not_before <= r.until))
    and (m.priority < $priority or (m.priority = $priority and (m.due_at > $due_at or (m.due_at = $due_at and m.message_key > $message_key))))
    and m.message_key not in (select message_key from settled)
order by m.priority desc, m.due_at, m.message_key
limit $size;

-- Those that wait: one that was tried waits for its moment, and one of which nobody knows whether it went, for a person.
create or replace temp table waiting as
select
    m.message_key, m.enrolment_id, m.scenario, m.version, m.step, m.contact_id, m.template, m.channel, m.topic, m.category,
    m.priority, m.due_at, m.not_before, m.expires_at, coalesce(l.attempt, 0) as attempts
from candidates n
join outbox.messages m on m.message_key = n.message_key
left join (
    select message_key, attempt, state, retry_at from delivery.sends
    where message_key in (select message_key from candidates)
    qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
) l on l.message_key = m.message_key
where coalesce(l.state, 'retry') = 'retry' and coalesce(l.retry_at, $now) <= $now;

-- As due messages once more, for the gates of consent and suppression.
create or replace temp table due as
select message_key, enrolment_id, scenario, version, step, contact_id, template as message, channel as channels, topic, category, priority, due_at
from waiting;
