-- The last state of every message that was ever handed over or tried.
create or replace temp table ledger as
select message_key, attempt, state, retry_at from delivery.sends
qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1;

-- Messages that may go now: decided to send and not handed over, or held until a moment that has come. One that is tried
-- again waits for its moment, or until it is worthless. A provider that schedules is given messages ahead of their moment,
-- but not in the very pass during which that comes: it may be over when the message is taken.
create or replace temp table waiting as
select m.*, coalesce(l.attempt, 0) as attempts
from outbox.messages m
left join ledger l on l.message_key = m.message_key
left join reach r on r.channel = m.channel
where (m.status = 'to_send' or (m.status = 'held' and m.reason not in ('capped', 'lower_priority')))
    and coalesce(l.state, 'retry') = 'retry' and (m.not_before <= $now or (m.not_before > r.since and m.not_before <= r.until))
    and (coalesce(l.retry_at, $now) <= $now or m.expires_at <= $now);

-- As due messages once more, for the gates of consent and suppression.
create or replace temp table due as
select message_key, enrolment_id, scenario, version, step, contact_id, template as message, channel as channels, topic, category, priority, due_at
from waiting;
