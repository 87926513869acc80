-- Somebody.
-- owner: team:crm
select
    contact_id,
    created_at as entered_at
from facts.contacts
