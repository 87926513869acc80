-- The orders spoken about.
create or replace temp table render_orders as
select
    order_id, ordered_at, status, total, coupon_code, shipped_at, tracking_url, expected_delivery_on, delivered_at
from shop.orders
where order_id in (select order_id from render_subjects);

-- The carts spoken about, as they stand now: the last snapshot that a change of the cart left, or else that a check-out
-- left (in the order of their names). Nothing older than a week before the first trigger is looked through.
create or replace temp table render_carts as
select cart_id, event_id, occurred_at as updated_at, cart_value
from shop.site_events
where name in ('cart_updated', 'checkout_started')
  and cart_id in (select cart_id from render_subjects)
  and occurred_at >= (select rl_add_seconds(min(triggered_at), -604800) from render_subjects where cart_id is not null)
qualify row_number() over (partition by cart_id order by name, occurred_at desc, event_id desc) = 1;

-- Their lines.
create or replace temp table render_lines as
select 'order' as kind, l.order_id as id, l.line_no, l.product_id, l.quantity, l.unit_price
from shop.order_lines l
where l.order_id in (select order_id from render_orders)
union all
select 'cart' as kind, c.cart_id as id, l.line_no, l.product_id, l.quantity, l.unit_price
from render_carts c
join shop.cart_lines l on l.event_id = c.event_id;

-- The products each message speaks about already.
create or replace temp table render_mentioned as
select distinct message_key, product_id
from (
    select s.message_key, l.product_id from render_subjects s join render_lines l on l.kind = 'order' and l.id = s.order_id
    union all
    select s.message_key, l.product_id from render_subjects s join render_lines l on l.kind = 'cart' and l.id = s.cart_id
    union all
    select message_key, product_id from render_subjects
)
where product_id is not null;
