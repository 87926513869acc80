-- Members of audiences who stay, and have the telephone number of somebody who leaves.
select m.audience, coalesce(c.email, '') as email, c.phone, coalesce(c.country, '') as country
from audiences.members m
join raw.contacts c on c.contact_id = m.contact_id
where m.contact_id not in (select contact_id from leaving) and c.phone in (select phone from leaving)
order by m.audience, m.contact_id;
