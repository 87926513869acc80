-- Somebody.
-- owner: team:crm
select contact_id
from other.facts.contacts
