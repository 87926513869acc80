select m.contact_id, count(*) as orders, count(*) as orders
from messages m
join shop.orders o on o.contact_id = m.contact_id
group by m.contact_id
