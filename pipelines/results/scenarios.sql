-- One row per scenario of the tick, with all it did so far: the goal's rate counts people entered who were to get messages.
-- `aimed_at` and `aim_reached` count the same up to the last tick of the day the aim is wanted by: what comes later changes
-- nothing about it.
with latest as (
    select scenario, version, goal_target, goal_by from journeys.versions where first_as_of <= $as_of
    qualify row_number() over (partition by scenario order by version desc) = 1
),
aims as (
    select
        l.scenario, c.activities as goal, l.goal_target, l.goal_by,
        case when l.goal_by is null then $as_of else max(t.as_of) end as read_at
    from latest l
    left join journeys.conditions c on c.scenario = l.scenario and c.version = l.version and c.role = 'goal'
    left join runs.ticks t on t.day <= l.goal_by and t.as_of <= $as_of
    group by l.scenario, c.activities, l.goal_target, l.goal_by
),
people as (
    select
        e.scenario, count(case when not e.ghost then 1 end) as treated, count(case when e.ghost then 1 end) as ghosts,
        count(case when not e.ghost and e.entered_as_of <= a.read_at then 1 end) as aimed_at
    from journeys.enrolments e
    join aims a on a.scenario = e.scenario
    where e.entered_as_of <= $as_of
    group by e.scenario
),
reached as (
    select
        g.scenario, count(case when not g.ghost then 1 end) as treated, count(case when g.ghost then 1 end) as ghosts,
        sum(case when not g.ghost then g.value end) as value,
        count(case when not g.ghost and g.as_of <= a.read_at then 1 end) as aimed_at
    from results.goals g
    join aims a on a.scenario = g.scenario
    where g.as_of <= $as_of
    group by g.scenario
)
select
    s.scenario, s.state, s.entered, s.in_flight,
    coalesce(p.treated, 0) + coalesce(p.ghosts, 0) as entered_ever, coalesce(p.treated, 0) as treated, coalesce(p.ghosts, 0) as ghosts,
    coalesce(r.treated, 0) as treated_converted, coalesce(r.ghosts, 0) as ghosts_converted, coalesce(r.value, 0) as goal_value,
    a.goal, a.goal_target, a.goal_by, coalesce(p.aimed_at, 0) as aimed_at, coalesce(r.aimed_at, 0) as aim_reached
from results.scenarios s
left join aims a on a.scenario = s.scenario
left join people p on p.scenario = s.scenario
left join reached r on r.scenario = s.scenario
where s.as_of = $as_of
order by s.scenario;
