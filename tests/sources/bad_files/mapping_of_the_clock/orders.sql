select
    uuid() as order_id,
    now() as ordered_at,
    total
from source
