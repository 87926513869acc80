-- One row per scenario of the tick, with all it did so far: the goal's rate counts people entered who were to get messages.
select
    s.scenario, s.state, s.entered, s.in_flight,
    coalesce(e.treated, 0) + coalesce(e.ghosts, 0) as entered_ever, coalesce(e.treated, 0) as treated, coalesce(e.ghosts, 0) as ghosts,
    coalesce(g.treated, 0) as treated_converted, coalesce(g.ghosts, 0) as ghosts_converted, coalesce(g.value, 0) as goal_value,
    v.goal_target
from results.scenarios s
left join (
    select scenario, count(case when not ghost then 1 end) as treated, count(case when ghost then 1 end) as ghosts
    from journeys.enrolments where entered_as_of <= $as_of group by scenario
) e on e.scenario = s.scenario
left join (
    select scenario, count(case when not ghost then 1 end) as treated, count(case when ghost then 1 end) as ghosts,
        sum(case when not ghost then value end) as value
    from results.goals where as_of <= $as_of group by scenario
) g on g.scenario = s.scenario
left join (
    select scenario, goal_target, row_number() over (partition by scenario order by version desc) as place
    from journeys.versions where first_as_of <= $as_of
) v on v.scenario = s.scenario and v.place = 1
where s.as_of = $as_of
order by s.scenario;
