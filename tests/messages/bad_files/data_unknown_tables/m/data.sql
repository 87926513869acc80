select m.message_key, l.points, v.spent, b.contact_id
from messages m
left join shop.loyalty l on l.contact_id = m.contact_id
left join segments.vipp v on v.contact_id = m.contact_id
left join segments.broken b on b.contact_id = m.contact_id
left join raw.orders o on o.contact_id = m.contact_id
