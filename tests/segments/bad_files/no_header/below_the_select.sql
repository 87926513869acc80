select contact_id -- Everybody.
-- owner: team:crm
from facts.contacts
