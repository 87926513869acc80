-- The `where:` conditions about contacts of the versions that people are on, with the activities whose values they may name.
select c.scenario, c.query, t.kind, coalesce(t.activities, '') as activities, t.source, count(distinct p.enrolment_id) as people
from journeys.conditions c
join journeys.triggers t on t.scenario = c.scenario and t.version = c.version
join journeys.positions p on p.scenario = c.scenario and p.version = c.version
where c.kind = 'where'
group by c.scenario, c.query, t.kind, coalesce(t.activities, ''), t.source
order by c.scenario, c.query;
