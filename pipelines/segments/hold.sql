-- Yesterday's rows stay; the tick's size says so, and why.
insert into segments.sizes (segment, as_of, members, entered, left_count, status, reason)
select $segment, $as_of, count(*), 0, 0, 'held', $reason
from segments.members
where segment = $segment;
