-- Have bought, but not regularly: everybody with an order who is no loyal customer.
-- owner: team:crm
select contact_id
from facts.contacts
where order_count > 0
    and contact_id not in (select contact_id from segments.loyal_customers)
