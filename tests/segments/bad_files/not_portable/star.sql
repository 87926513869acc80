-- Somebody.
-- owner: team:crm
select *
from shop.orders
qualify row_number() over (partition by contact_id order by ordered_at, order_id) = 1
