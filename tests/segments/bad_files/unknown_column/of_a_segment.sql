-- Somebody.
-- owner: team:crm
select contact_id
from segments.lapsed
where days_since_ordr > 100
