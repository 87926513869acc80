-- Somebody.
-- owner: team:crm
select contact_id, days_since_order
from facts.contacts
where days_since_order > 90
