-- Somebody.
-- owner: team:crm
select contact_id
from raw.orders
