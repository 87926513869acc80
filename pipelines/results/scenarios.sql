-- One row per scenario of the tick, with all it did so far: the goal's rate counts people entered who were to get messages.
select
    s.scenario, s.state, s.entered, s.refused, s.ended, s.converted, s.in_flight, s.due, s.to_send, s.held, s.dropped,
    coalesce(e.entered, 0) as entered_ever, coalesce(e.treated, 0) as treated, coalesce(e.ghosts, 0) as ghosts,
    coalesce(g.treated, 0) as treated_converted, coalesce(g.ghosts, 0) as ghosts_converted, coalesce(g.value, 0) as goal_value,
    v.goal_target, coalesce(h.accepted, 0) as accepted
from results.scenarios s
left join (
    select scenario, count(*) as entered, count(case when not ghost then 1 end) as treated, count(case when ghost then 1 end) as ghosts
    from journeys.enrolments where entered_as_of <= $as_of group by scenario
) e on e.scenario = s.scenario
left join (
    select scenario, count(case when not ghost then 1 end) as treated, count(case when ghost then 1 end) as ghosts,
        sum(case when not ghost then value end) as value
    from results.goals where as_of <= $as_of group by scenario
) g on g.scenario = s.scenario
left join (
    select scenario, max(goal_target) as goal_target from journeys.versions where first_as_of <= $as_of group by scenario
) v on v.scenario = s.scenario
left join (
    select m.scenario, count(distinct m.message_key) as accepted
    from outbox.messages m
    join delivery.sends d on d.message_key = m.message_key and d.state = 'accepted'
    where m.as_of = $as_of group by m.scenario
) h on h.scenario = s.scenario
where s.as_of = $as_of
order by s.scenario;
