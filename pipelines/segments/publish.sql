-- Who enters, who leaves, and whose attributes changed.
create or replace temp table segment_difference as
select
    coalesce(n.contact_id, m.contact_id) as contact_id,
    case when m.contact_id is null then 'entered' when n.contact_id is null then 'left' else 'kept' end as change,
    coalesce(m.entered_at, $as_of) as entered_at,
    n.attributes
from segment_now n
full join (select contact_id, entered_at, attributes from segments.members where segment = $segment) m on m.contact_id = n.contact_id
where m.contact_id is null
    or n.contact_id is null
    or cast(m.attributes as varchar) is distinct from cast(n.attributes as varchar);

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
select
    $segment, $as_of,
    (select count(*) from segment_now),
    (select count(*) from segment_difference where change = 'entered'),
    (select count(*) from segment_difference where change = 'left'),
    'built', cast(null as varchar);
