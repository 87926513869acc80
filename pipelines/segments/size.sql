-- What the tick did to a segment.
select members, entered, left_count, status, reason
from segments.sizes
where segment = $segment and as_of = $as_of;
