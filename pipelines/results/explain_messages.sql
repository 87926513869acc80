-- The messages that fell due for a contact up to a tick, with what was decided and what became of each before the tick after
-- it. What was decided later about a message was not decided then: it waited.
select
    m.message_key, m.scenario, m.enrolment_id, m.step, m.channel, m.due_at, m.not_before,
    case when m.changed_at < $until then m.status else 'held' end as status,
    case when m.changed_at < $until then m.reason end as reason,
    case when m.changed_at < $until then m.detail end as detail,
    m.basis, s.state, s.changed_at as handed_over_at
from outbox.messages m
left join (
    select message_key, state, changed_at from delivery.sends
    where changed_at < $until
    qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
) s on s.message_key = m.message_key
where m.contact_id = $contact and m.as_of <= $as_of
order by m.due_at, m.scenario, m.step;
