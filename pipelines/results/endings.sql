-- How runs ended in the tick.
select scenario, outcome, count(*) as runs
from journeys.endings where as_of = $as_of
group by scenario, outcome order by scenario, outcome;
