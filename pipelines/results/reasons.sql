-- What became of the messages that fell due in the tick, as it stands now: handed over, unknown, to send, or why not.
with due as (
    select message_key, scenario, status, reason from outbox.messages where as_of = $as_of
),
last_states as (
    select message_key, state from delivery.sends
    where message_key in (select message_key from due)
    qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
)
select
    d.scenario,
    case when s.state in ('accepted', 'unknown') then s.state else d.status end as status,
    case when s.state in ('accepted', 'unknown') then null else d.reason end as reason,
    count(*) as messages
from due d
left join last_states s on s.message_key = d.message_key
group by 1, 2, 3
order by 1, 2, 3;
