-- What the members have in common, in one sentence.
-- owner: crm@shop.example
select contact_id
from facts.contacts
where order_count >= 1
    and days_since_order <= 30
