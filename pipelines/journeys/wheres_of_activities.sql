-- Every `where:` about activities in use: of triggers that let people in, and of conditions, goals and exits of versions that people are on or may enter.
select l.scenario, l.activities, l.query
from live l
where l.enters and l.kind = 'activity' and l.query is not null
union
select c.scenario, c.activities, c.query
from journeys.conditions c
where c.kind = 'did' and c.query is not null and (
    exists (select 1 from live l where l.scenario = c.scenario and l.version = c.version)
    or exists (select 1 from journeys.positions p where p.scenario = c.scenario and p.version = c.version)
)
order by 1, 2, 3;
