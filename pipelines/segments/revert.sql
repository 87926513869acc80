-- Those whom an earlier try of this tick let in are out again.
delete from segments.members
where segment = $segment
    and contact_id in (select contact_id from segments.changes where segment = $segment and as_of = $as_of and change = 'entered');

-- Those whom it took out are back, members since the day they were. Their attributes come back with the next build.
insert into segments.members (segment, contact_id, entered_at, attributes)
select segment, contact_id, entered_at, cast(null as json)
from segments.changes
where segment = $segment and as_of = $as_of and change = 'left';

delete from segments.changes where segment = $segment and as_of = $as_of;

delete from segments.sizes where segment = $segment and as_of = $as_of;

delete from segments.definitions where segment = $segment and since = $as_of;
