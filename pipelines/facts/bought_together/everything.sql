-- Counted from the whole year: every order of it, and nothing that was counted before.
delete from facts.baskets;

delete from facts.pairs;

create or replace temp table due_orders as
select order_id, ordered_at from shop.orders
where ordered_at >= $since and ordered_at < $until and cancelled_at is null;

create or replace temp table baskets_before as
select ordered_at, order_id, product_id from facts.baskets;
