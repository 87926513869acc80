-- What must not be published: rows without contact, contacts returned twice, contacts nobody knows. Those who were members
-- already were looked at when they entered; of them, more rows than members says that one is returned twice.
select
    (select count(*) from segment_difference where contact_id is null) as without_id,
    (select count(contact_id) - count(distinct contact_id) from segment_difference where change = 'entered')
        + (c.members - c.entered) - (c.members_before - c.left_count) as repeated,
    (
        select count(*)
        from segment_difference d
        anti join facts.contacts k on k.contact_id = d.contact_id
        where d.change = 'entered' and d.contact_id is not null
    ) as unknown
from segment_counts c;
