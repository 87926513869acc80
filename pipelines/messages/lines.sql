-- The lines of the carts and orders of the batch, in their order.
select kind, id, product_id, quantity, unit_price from render_lines order by kind, id, line_no;
