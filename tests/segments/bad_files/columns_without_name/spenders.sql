-- Somebody.
-- owner: team:crm
select
    contact_id,
    sum(total)
from shop.orders
group by contact_id
