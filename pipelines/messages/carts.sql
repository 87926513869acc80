-- The carts of the batch.
select cart_id, updated_at, cart_value from render_carts;
