-- Somebody.
-- owner: team:crm
select
    contact_id,
    sum(total) as spent
from shop.orders
