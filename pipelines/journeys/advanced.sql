-- What the tick did, scenario by scenario.
select scenario, entered, refused, ended, in_flight, due, state from results.scenarios where as_of = $as_of order by scenario;
