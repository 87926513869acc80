-- Somebody.
-- owner: team:crm
select count(*) as contacts
from facts.contacts
