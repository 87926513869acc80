-- A few of those who are members with one set of files and not with the other.
select segment, move, contact_id
from (
    select
        coalesce(a.segment, b.segment) as segment, coalesce(a.contact_id, b.contact_id) as contact_id,
        case when b.contact_id is null then 'entering' else 'leaving' end as move
    from planned_members a
    full join members_before b on b.segment = a.segment and b.contact_id = a.contact_id
    where a.contact_id is null or b.contact_id is null
) m
qualify row_number() over (partition by segment, move order by contact_id) <= $examples
order by segment, move, contact_id;
