-- Somebody.
-- owner: team:crm
select contact_id
from journeys.enrolments
