-- How many members each changed segment has with the one set of files and with the other, and how many are in one of them only.
select
    s.segment,
    count(b.contact_id) as members_before,
    count(a.contact_id) as members_after,
    count(case when a.contact_id is not null and b.contact_id is null then 1 end) as entering,
    count(case when b.contact_id is not null and a.contact_id is null then 1 end) as leaving,
    max(h.reason) as held
from planned_segments s
left join (
    select segment, contact_id from planned_members
    union
    select segment, contact_id from members_before
) m on m.segment = s.segment
left join planned_members a on a.segment = m.segment and a.contact_id = m.contact_id
left join members_before b on b.segment = m.segment and b.contact_id = m.contact_id
left join planned_holds h on h.segment = s.segment
group by s.segment
order by s.segment;
