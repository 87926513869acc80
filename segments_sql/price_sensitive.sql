-- Wait for a discount: at least param price_sensitive_orders orders, and a coupon on param price_sensitive_share of them
-- (0.5 is half) or more.
-- owner: team:crm
-- refresh: daily
select contact_id
from facts.contacts
where order_count >= param('price_sensitive_orders')
    and discount_share >= param('price_sensitive_share')
