select id as order_id, ordered_at, total from source
