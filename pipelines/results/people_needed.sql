-- What waits for a person: messages nobody knows the fate of, and guards nobody released.
select 'unknown' as kind, m.scenario, count(*) as number
from (
    select message_key, state, row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) as place
    from delivery.sends
) d
join outbox.messages m on m.message_key = d.message_key
where d.place = 1 and d.state = 'unknown' group by m.scenario
union all
select 'guard', scenario, max(entries) from runs.guards where released_at is null group by scenario
order by 1, 2;
