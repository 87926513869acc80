-- Somebody.
-- owner: team:crm
select
    c.contact_id,
    [1, 2] as numbers
from facts.contacts as c
join shop.orders as o using (contact_id)
asof join shop.sessions as s on s.started_at <= o.ordered_at
where o.total / c.order_count > 3
limit 100
