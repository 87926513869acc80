-- Somebody.
-- owner: team:crm
select contact_id
from facts.contacts
where birth_date = current_date
    or created_at > now() - interval 1 day
    or last_order_at > current_timestamp
    or birth_date = today()
