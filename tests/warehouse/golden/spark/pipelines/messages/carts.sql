SELECT
  cart_id,
  updated_at,
  cart_value
FROM render_carts;
