-- The products of the orders due, each once an order. An order of very many says little about any two of them, and they make
-- half their square of pairs: it does not count at all.
create or replace temp table baskets_now as
with held as (
    select distinct o.ordered_at, o.order_id, l.product_id
    from due_orders o
    join raw.order_lines l on l.order_id = o.order_id
    where l.product_id is not null
), sized as (
    select ordered_at, order_id, product_id, count(*) over (partition by order_id) as products from held
)
select ordered_at, order_id, product_id from sized where products <= $largest_order;

-- By how much each pair's orders change; a product with itself stands for the orders that hold it.
create or replace temp table changed_pairs as
with counted as (
    select a.product_id, b.product_id as related_id, 1 as orders
    from baskets_now a
    join baskets_now b on b.order_id = a.order_id and b.product_id >= a.product_id
    union all
    select a.product_id, b.product_id as related_id, -1 as orders
    from baskets_before a
    join baskets_before b on b.order_id = a.order_id and b.product_id >= a.product_id
)
select product_id, related_id, cast(sum(orders) as bigint) as orders
from counted
group by product_id, related_id
having sum(orders) <> 0;

create or replace temp table pairs_now as
select c.product_id, c.related_id, c.orders + coalesce(p.orders, 0) as orders
from changed_pairs c
left join facts.pairs p on p.product_id = c.product_id and p.related_id = c.related_id;

delete from facts.pairs
where exists (select 1 from changed_pairs c where c.product_id = pairs.product_id and c.related_id = pairs.related_id);

insert into facts.pairs select product_id, related_id, orders from pairs_now where orders > 0;

insert into facts.baskets select ordered_at, order_id, product_id from baskets_now;

-- What pairs are counted for from now on.
delete from facts.together_state;

insert into facts.together_state
select
    as_of(), cast($day as date),
    $orders + (select count(distinct order_id) from baskets_now) - (select count(distinct order_id) from baskets_before),
    greatest(as_of(), max(as_of)), $rules
from raw.loads;
