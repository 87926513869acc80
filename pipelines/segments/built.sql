-- The segments that this tick has built.
select segment
from segments.sizes
where as_of = $as_of and status = 'built';
