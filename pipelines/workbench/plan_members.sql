-- Who belongs to the segments that change, and why a segment keeps the members it had.
create or replace table planned_members as
select segment, contact_id
from segments.members
where segment in (select segment from planned_segments);

create or replace table planned_holds as
select segment, reason
from segments.sizes
where segment in (select segment from planned_segments) and status = 'held'
    and as_of = (select max(as_of) from runs.ticks where status = 'committed');
