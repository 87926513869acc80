select order_id, ordered_at,
    to_euros(total) as total
from source
