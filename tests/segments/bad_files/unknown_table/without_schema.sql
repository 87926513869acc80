-- Somebody.
-- owner: team:crm
select o.contact_id
from orders as o
inner join contacts as c on c.contact_id = o.contact_id
