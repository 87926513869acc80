-- Somebody.
-- owner: team:crm
select *
from shop.order_lines
