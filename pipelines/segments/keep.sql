-- A daily segment between two days: the members that stand are its members.
insert into segments.sizes (segment, as_of, members, entered, left_count, status, reason)
select $segment, $as_of, count(*), 0, 0, 'built', cast(null as varchar)
from segments.members
where segment = $segment;
