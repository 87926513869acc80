-- Everybody leaves a segment whose file is gone; as with any new meaning, that triggers nobody.
insert into segments.changes (segment, contact_id, change, as_of, cause, entered_at)
select segment, contact_id, 'left', $as_of, 'redefined', entered_at
from segments.members
where segment = $segment;

insert into segments.sizes (segment, as_of, members, entered, left_count, status, reason)
select $segment, $as_of, 0, 0, count(*), 'built', 'its file is gone'
from segments.members
where segment = $segment;

delete from segments.members where segment = $segment;

-- A file that comes back later is a new meaning, not a return of everybody.
insert into segments.definitions (segment, since, fingerprint, attributes)
values ($segment, $as_of, 'gone', '{}');
