-- Lines of the orders that messages brought.
create or replace temp table export as
select order_id, line_no, product_id, quantity, unit_price from bought_lines order by order_id, line_no;
