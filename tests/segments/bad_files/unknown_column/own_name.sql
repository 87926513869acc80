-- Somebody.
-- owner: team:crm
select
    contact_id,
    revenue / nullif(order_count, 0) as basket
from facts.contacts
where basket > 100
