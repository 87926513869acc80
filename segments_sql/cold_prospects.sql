-- Have not bought yet and have shown no appetite: everybody without an order who is no hot prospect.
-- owner: team:crm
select contact_id
from facts.contacts
where order_count = 0
    and contact_id not in (select contact_id from segments.hot_prospects)
