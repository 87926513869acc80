-- What the scenarios that looked at a contact ask about what contacts did.
select distinct c.probe, c.activities, c.query, c.match_key
from journeys.conditions c
join (select distinct scenario, version from journeys.decisions where contact_id = $contact and as_of <= $as_of) d
    on d.scenario = c.scenario and d.version = c.version
where c.kind = 'did'
order by c.probe, c.activities;
