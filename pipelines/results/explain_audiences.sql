-- The audiences a contact is in, since when, and how many of their addresses the platform was given.
select m.audience, m.entered_at, count(g.hash) as addresses_given
from audiences.members m
left join audiences.given g on g.audience = m.audience and g.member = rl_sha256(m.contact_id)
where m.contact_id = $contact
group by m.audience, m.entered_at
order by m.audience;
