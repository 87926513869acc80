-- Somebody.
-- owner: team:crm
select c.contact_id
from facts.contacts as c
inner join shop.orders as o on o.contact_id = c.contactid
where o.totl > 100
    and x.country = 'FR'
