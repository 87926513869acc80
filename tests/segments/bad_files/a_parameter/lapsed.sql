-- Somebody.
-- owner: team:crm
select contact_id
from facts.contacts
where days_since_order > $days
