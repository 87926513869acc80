-- What happened to people in flight that a condition, goal or exit of their version asks about: once each; only the
-- first time where no stretch of time is asked for. Goals and exits count as at the door: on the same key at any time,
-- else from the trigger on, so that an order loaded late still ends the run of its cart.
create or replace temp table seen as
select p.enrolment_id, c.condition, c.within_seconds, c.role, m.occurred_at, m.activity, m.value
from probe_matches m
join journeys.positions p on p.contact_id = m.contact_id
join journeys.conditions c on c.scenario = p.scenario and c.version = p.version and c.kind = 'did' and c.probe = m.probe
where case
        when c.role = 'step' then m.occurred_at > rl_add_seconds(p.entered_at, -coalesce(c.within_seconds, 0))
            and (c.match_key is null or m.key is null or p.trigger_key is null or m.key = p.trigger_key)
        when m.occurred_at = p.triggered_at and coalesce(m.activity = p.activity, false) then false
        when c.match_key is not null and m.key is not null and p.trigger_key is not null then m.key = p.trigger_key
        else m.occurred_at >= p.triggered_at
    end
    and (c.role <> 'goal' or c.within_seconds is null or m.occurred_at <= rl_add_seconds(p.entered_at, c.within_seconds))
union all
select f.enrolment_id, c.condition, c.within_seconds, c.role, n.occurred_at, n.name, n.value
from news n
join journeys.in_flight_messages f on f.message_key = n.key
join journeys.conditions c on c.scenario = f.scenario and c.version = f.version and c.kind = 'message' and c.step = f.step
    and n.name = 'message_' || c.event and (c.link is null or c.link = rl_json(n.props, 'link'))
where starts_with(n.name, 'message_');

create or replace temp table new_observations as
select s.enrolment_id, s.condition, s.occurred_at, min(s.activity) as activity, max(s.value) as value
from seen s
where not exists (
    select 1 from journeys.observations o
    where o.enrolment_id = s.enrolment_id and o.condition = s.condition
        and (o.occurred_at = s.occurred_at or ((s.within_seconds is null or s.role <> 'step') and o.occurred_at <= s.occurred_at))
)
group by s.enrolment_id, s.condition, s.occurred_at;

insert into journeys.observations by name select * from new_observations;

-- Goals and exits met since the last look: the first in time ends the run, a goal before an exit at the same instant.
create or replace temp table stops as
select s.* from (
    select
        p.enrolment_id, p.scenario, p.version, p.contact_id, p.entered_at, p.ghost, c.role, o.occurred_at, o.activity, o.value,
        row_number() over (partition by p.enrolment_id order by o.occurred_at, case c.role when 'goal' then 0 else 1 end, c.condition) as place
    from journeys.observations o
    join journeys.positions p on p.enrolment_id = o.enrolment_id
    join journeys.conditions c on c.scenario = p.scenario and c.version = p.version and c.condition = o.condition and c.role in ('goal', 'exit')
    where p.enrolment_id in (select enrolment_id from new_observations)
) s
where s.place = 1;

-- A goal met before any message could go ends the run but is no conversion of it.
insert into ended by name
select
    s.enrolment_id, s.scenario, s.version, s.contact_id, s.entered_at, greatest(s.occurred_at, s.entered_at) as ended_at, s.ghost,
    case
        when s.role = 'exit' then 'exited'
        when exists (select 1 from journeys.in_flight_messages f where f.enrolment_id = s.enrolment_id and f.went_at <= s.occurred_at) then 'converted'
        else 'goal_before_message'
    end as outcome,
    s.activity as reason, s.value
from stops s;

delete from journeys.positions where enrolment_id in (select enrolment_id from ended);
