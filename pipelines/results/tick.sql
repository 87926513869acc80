-- The tick itself.
select as_of, day, status, started_at, finished_at, send from runs.ticks where as_of = $as_of;
