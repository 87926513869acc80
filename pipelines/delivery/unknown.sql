-- Messages of which nobody knows whether they went, oldest first; `first_at` is when they were first claimed.
select s.message_key, m.scenario, m.step, m.contact_id, m.address, m.channel, s.sender, s.attempt, s.first_at, s.changed_at, m.expires_at, s.error
from (
    select message_key, sender, attempt, state, changed_at, error, min(changed_at) over (partition by message_key) as first_at from delivery.sends
    qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
) s
join outbox.messages m on m.message_key = s.message_key
where s.state = 'unknown'
order by s.changed_at, s.message_key;
