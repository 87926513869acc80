-- What the contact buys again and again, and is due for.
select m.message_key, p.name as product
from messages m
join segments.replenishment_due d on d.contact_id = m.contact_id
join shop.products p on p.product_id = d.product_id
qualify row_number() over (partition by m.message_key order by p.valid_from desc) = 1
