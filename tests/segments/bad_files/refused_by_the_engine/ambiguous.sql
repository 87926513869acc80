-- Somebody.
-- owner: team:crm
select c.contact_id
from facts.contacts as c
inner join shop.contacts as s on s.contact_id = c.contact_id
where country = 'FR'
