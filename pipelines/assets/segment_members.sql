-- The members who joined last, with what the segment says about them.
select m.contact_id, f.email, m.entered_at, cast(m.attributes as varchar) as says
from segments.members m
left join facts.contacts f on f.contact_id = m.contact_id
where m.segment = $segment
order by m.entered_at desc, m.contact_id
limit $limit;
