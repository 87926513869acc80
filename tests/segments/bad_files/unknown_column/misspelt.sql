-- Somebody.
-- owner: team:crm
select contact_id
from facts.contacts
where last_orderd_at < as_of()
    and ordercount > 3
