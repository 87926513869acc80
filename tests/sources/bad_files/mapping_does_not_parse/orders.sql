select
    order_id,
    (ordered_at
from source
