-- Orders that were known and may be others now: corrected, cancelled, with lines corrected or loaded after them.
create or replace temp table restated_orders as
select order_id from raw.orders where corrected_at > $counted_at
union
select order_id from shop.orders where cancelled_at >= $counted_at
union
select order_id from raw.order_lines where corrected_at > $counted_at
union
select l.order_id from raw.order_lines l
where l.loaded_at > $counted_at and not exists (select 1 from raw.orders o where o.order_id = l.order_id and o.loaded_at > $counted_at);

-- What is counted: orders of the days that the year has gained, orders loaded late, and those that may be others now.
create or replace temp table due_orders as
with standing as (
    select order_id, ordered_at, loaded_at from shop.orders
    where ordered_at >= $since and ordered_at < $until and cancelled_at is null
)
select order_id, ordered_at from standing where ordered_at >= $was_until
union
select order_id, ordered_at from standing where loaded_at > $counted_at
union
select order_id, ordered_at from standing where order_id in (select order_id from restated_orders);

-- What counts no more: orders of the days that the year has lost, and what those others were.
create or replace temp table baskets_before as
select ordered_at, order_id, product_id from facts.baskets where ordered_at < $since
union all
select ordered_at, order_id, product_id from facts.baskets
where ordered_at >= $since and order_id in (select order_id from restated_orders);

delete from facts.baskets where ordered_at < $since;

delete from facts.baskets
where exists (select 1 from baskets_before b where b.ordered_at >= $since and b.ordered_at = baskets.ordered_at and b.order_id = baskets.order_id);

drop table restated_orders;
