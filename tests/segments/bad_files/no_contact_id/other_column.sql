-- Somebody.
-- owner: team:crm
select email
from facts.contacts
