-- Somebody.
-- owner: team:crm
select contact_id
from facts.contacts
where contact_id in (select contact_id from segments.laspsed)
