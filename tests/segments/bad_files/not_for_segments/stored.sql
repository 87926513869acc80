-- Somebody.
-- owner: team:crm
select contact_id
from facts.stored_contacts
