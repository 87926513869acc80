-- The figures of the tick, one row per scenario.
insert into results.scenarios by name
select
    l.scenario, $as_of as as_of,
    coalesce(d.entered, 0) as entered, coalesce(d.refused, 0) as refused,
    coalesce(e.ended, 0) as ended, coalesce(e.converted, 0) as converted,
    coalesce(p.in_flight, 0) as in_flight,
    coalesce(m.due, 0) as due, coalesce(m.to_send, 0) as to_send, coalesce(m.held, 0) as held, coalesce(m.dropped, 0) as dropped,
    coalesce('held: ' || l.held, case when l.scenario in (select scenario from guarded) then 'held: guard_tripped' end, l.state) as state
from live l
left join (
    select scenario, count(case when outcome = 'entered' then 1 end) as entered, count(case when outcome = 'refused' then 1 end) as refused
    from journeys.decisions where as_of = $as_of and outcome in ('entered', 'refused') group by scenario
) d on d.scenario = l.scenario
left join (
    select scenario, count(*) as ended, count(case when outcome = 'converted' then 1 end) as converted from ended group by scenario
) e on e.scenario = l.scenario
left join (select scenario, count(*) as in_flight from journeys.positions group by scenario) p on p.scenario = l.scenario
left join (
    select scenario, count(*) as due, count(case when status = 'to_send' then 1 end) as to_send,
        count(case when status = 'held' then 1 end) as held, count(case when status = 'dropped' then 1 end) as dropped
    from outbox.messages where as_of = $as_of group by scenario
) m on m.scenario = l.scenario;
