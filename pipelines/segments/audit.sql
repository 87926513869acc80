-- What must not be in a segment's new membership: contacts without id, contacts returned twice, contacts nobody knows.
select
    count(*) filter (where n.contact_id is null) as without_id,
    count(n.contact_id) - count(distinct n.contact_id) as repeated,
    count(*) filter (where n.contact_id is not null and c.contact_id is null) as unknown
from segment_now n
left join facts.contacts c on c.contact_id = n.contact_id;
