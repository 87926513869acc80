-- Somebody.
-- owner: team:crm
select
    contact_id,
    uuid() as draw
from facts.contacts
where random() < 0.1
