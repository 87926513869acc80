-- No order for 90 days: at the tick of midnight, the day that just ended is the 90th or a later one after the last order.
-- owner: crm@shop.example
select contact_id
from facts.contacts
where days_since_order > param('lapsed_days')
