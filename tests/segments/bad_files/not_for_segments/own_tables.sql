-- Somebody.
-- owner: team:crm
select contact_id
from segments.members
where segment = 'vip'
