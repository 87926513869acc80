-- What each scenario did over the demo's days, and what came of it.
select
    v.scenario,
    coalesce(e.entered, 0) as entered,
    coalesce(m.due, 0) as due,
    coalesce(m.sent, 0) as sent,
    coalesce(m.waiting, 0) as waiting,
    coalesce(m.dropped, 0) as dropped,
    coalesce(a.clicked, 0) as clicked,
    coalesce(g.goals, 0) as goals,
    coalesce(g.worth, 0) as worth
from (select distinct scenario from journeys.versions) v
left join (select scenario, count(*) as entered from journeys.enrolments group by scenario) e on e.scenario = v.scenario
left join (
    select
        scenario,
        count(*) as due,
        count(case when status = 'to_send' and accepted then 1 end) as sent,
        count(case when status = 'dropped' then 1 end) as dropped,
        count(case when status <> 'dropped' and not accepted then 1 end) as waiting
    from (select o.*, o.message_key in (select message_key from delivery.sends where state = 'accepted') as accepted from outbox.messages o) o
    group by scenario
) m on m.scenario = v.scenario
left join (
    select o.scenario, count(distinct o.message_key) as clicked
    from raw.message_events x
    join outbox.messages o on o.message_key = x.message_key
    where x.kind = 'clicked'
    group by o.scenario
) a on a.scenario = v.scenario
left join (select scenario, count(*) as goals, sum(value) as worth from results.goals where not ghost group by scenario) g on g.scenario = v.scenario
order by v.scenario;
