-- Buy regularly: at least param loyal_orders orders in the last 365 days.
-- owner: team:crm
select contact_id
from facts.contacts
where order_count > 0
    and orders_365d >= param('loyal_orders')
