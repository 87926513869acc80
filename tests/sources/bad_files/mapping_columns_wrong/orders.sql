select
    order_id,
    contact_id as contact,
    total,
    total * 2 as total,
    upper(status)
from source
