-- Spent much, counting only what was kept: cancelled invoices are taken off.
-- owner: crm@shop.example
select contact_id, revenue
from facts.contacts
where revenue >= param('big_spender_revenue')
