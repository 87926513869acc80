select m.message_key,
    sum(o.total) as total, o.status
from messages m
join shop.orders o on o.contact_id = m.contact_id
group by m.message_key
