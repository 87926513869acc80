-- Who enters, who leaves, and whose attributes changed, compared with the members that stand.
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

-- The figures of the difference.
create or replace temp table segment_counts as
select
    (select count(*) from segment_now) as members,
    (select count(*) from segments.members where segment = $segment) as members_before,
    (select count(*) from segment_difference where change = 'entered') as entered,
    (select count(*) from segment_difference where change = 'left') as left_count;
