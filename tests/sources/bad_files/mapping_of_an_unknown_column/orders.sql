select
    order_id,
    ordred_at as ordered_at,
    total
from source
