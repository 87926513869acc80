-- The messages that fell due for a contact up to a tick, with what was decided and what became of each at the provider.
select m.scenario, m.enrolment_id, m.step, m.channel, m.due_at, m.not_before, m.status, m.reason, m.detail, m.basis, s.state, s.changed_at as handed_over_at
from outbox.messages m
left join (
    select message_key, state, changed_at from delivery.sends
    qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
) s on s.message_key = m.message_key
where m.contact_id = $contact and m.as_of <= $as_of
order by m.due_at, m.scenario, m.step;
