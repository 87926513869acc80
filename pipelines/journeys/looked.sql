-- How far each scenario has looked.
update journeys.states set looked_until = $as_of, looked_ahead = $horizon
where scenario in (select scenario from live where enters) and scenario not in (select scenario from guarded);
