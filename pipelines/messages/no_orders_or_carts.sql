-- No message of the batch speaks about an order or a cart, and these are not looked for: the one product that each may speak about.
create or replace temp table render_mentioned as
select message_key, product_id from render_subjects where product_id is not null;
