-- Everybody who ever entered a scenario, and where they are now.
select e.scenario, e.entered, coalesce(d.ended, 0) as ended, coalesce(p.in_flight, 0) as in_flight
from (select scenario, count(*) as entered from journeys.enrolments group by scenario) e
left join (select scenario, count(*) as ended from journeys.endings group by scenario) d on d.scenario = e.scenario
left join (select scenario, count(*) as in_flight from journeys.positions group by scenario) p on p.scenario = e.scenario;
