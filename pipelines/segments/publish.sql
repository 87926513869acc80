-- Only the rows that differ are written.
delete from segments.members
where segment = $segment
    and contact_id in (select contact_id from segment_difference where change <> 'entered');

insert into segments.members (segment, contact_id, entered_at, attributes)
select $segment, contact_id, entered_at, attributes
from segment_difference
where change <> 'left';

insert into segments.changes (segment, contact_id, change, as_of, cause, entered_at)
select $segment, contact_id, change, $as_of, $cause, entered_at
from segment_difference
where change <> 'kept';

insert into segments.sizes (segment, as_of, members, entered, left_count, status, reason)
select $segment, $as_of, members, entered, left_count, 'built', cast(null as varchar)
from segment_counts;
