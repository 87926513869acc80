-- Somebody.
-- owner: team:crm
select contact_id
from segments.bargain_hunters
