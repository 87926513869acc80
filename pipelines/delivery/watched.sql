-- Lists of the activities that end the runs of waiting messages.
select distinct c.activities
from waiting w
join journeys.conditions c on c.scenario = w.scenario and c.version = w.version and c.role in ('goal', 'exit')
order by 1;
