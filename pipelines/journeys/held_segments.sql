-- Segments that keep yesterday's rows in this tick, with the reason.
select segment, reason from segments.sizes where as_of = $as_of and status = 'held' order by segment;
