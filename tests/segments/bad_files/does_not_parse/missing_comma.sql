-- Somebody.
-- owner: team:crm
select
    contact_id
    last_order_at
    country
from facts.contacts
