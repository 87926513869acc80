-- What was decided in the tick, scenario by scenario and step by step, and about how many contacts.
select scenario, step, outcome, reason, count(*) as contacts
from journeys.decisions
where as_of = $as_of
group by scenario, step, outcome, reason
order by scenario, contacts desc, step, outcome, reason;
