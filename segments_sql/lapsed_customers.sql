-- Used to buy and have stopped: no order for param lapsed_days days, and for param lapsed_gaps times as long as their own
-- usual gap between two orders. Who buys once a year has not lapsed after three months.
-- owner: team:crm
select contact_id
from facts.contacts
where days_since_order >= param('lapsed_days')
    and days_since_order >= param('lapsed_gaps') * coalesce(average_gap_days, 0)
