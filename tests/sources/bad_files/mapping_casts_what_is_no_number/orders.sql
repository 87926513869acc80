select order_id, ordered_at, cast(total as decimal(18, 2)) as total from source
