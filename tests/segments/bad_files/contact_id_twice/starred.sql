-- Somebody.
-- owner: team:crm
select *
from facts.contacts as c
inner join shop.orders as o on o.contact_id = c.contact_id
