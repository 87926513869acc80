-- Ordered before, but not for a long time.
-- owner: crm@shop.example
select contact_id
from facts.contacts
where days_since_order > param('lapsed_days')
