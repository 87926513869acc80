-- The `where:` conditions of the versions that touched enrolments are on, with the activities whose values they may name.
select distinct c.scenario, c.version, c.condition, c.query, t.kind, coalesce(t.activities, '') as activities, t.source
from journeys.conditions c
join journeys.triggers t on t.scenario = c.scenario and t.version = c.version
where c.kind = 'where' and exists (select 1 from touched x where x.scenario = c.scenario and x.version = c.version)
order by 1, 2, 3;
