-- Customers whose activity falls: no order for param cooling_days days and param cooling_gaps times their own usual gap
-- between two orders, no visit in the last 30 days, and not lapsed yet.
-- owner: team:crm
select contact_id
from facts.contacts
where days_since_order >= param('cooling_days')
    and days_since_order >= param('cooling_gaps') * average_gap_days
    and sessions_30d = 0
    and contact_id not in (select contact_id from segments.lapsed_customers)
