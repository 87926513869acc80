-- The distinct questions to the activity stream asked by versions with people in flight and by those people may enter.
select distinct c.probe, c.activities, c.query, c.match_key
from journeys.conditions c
where c.kind = 'did' and (
    exists (select 1 from live l where l.scenario = c.scenario and l.version = c.version)
    or exists (select 1 from journeys.positions p where p.scenario = c.scenario and p.version = c.version)
)
order by c.probe, c.activities;
