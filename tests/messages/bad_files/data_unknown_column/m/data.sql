select m.message_key, c.pointz as points
from messages m
left join facts.contacts c on c.contact_id = m.contact_idd
