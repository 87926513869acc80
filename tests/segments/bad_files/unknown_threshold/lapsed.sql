-- Somebody.
-- owner: team:crm
select contact_id
from facts.contacts
where days_since_order > param('lapsed_day')
    and revenue > param('platinum')
    and order_count > param(country)
