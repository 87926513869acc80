-- Why contacts were refused at the door in the tick.
select scenario, reason, count(*) as contacts
from journeys.decisions where as_of = $as_of and outcome = 'refused'
group by scenario, reason order by scenario, contacts desc, reason;
