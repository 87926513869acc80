-- Pairs that enough orders hold and that meet more often than by chance, each both ways. Support: the orders that hold both.
-- Confidence: their share of the orders that hold the first. Lift: how many times more often than two products meet by chance.
-- First comes the highest support times lift: by lift alone a best-seller's first would be what was sold three times, each time with it.
delete from facts.stored_together;

insert into facts.stored_together
with sold as (
    select product_id, orders from facts.pairs where product_id = related_id
), lifted as (
    select
        p.product_id, p.related_id, p.orders as support, a.orders as first_orders, b.orders as second_orders,
        p.orders * cast(s.orders as double) / nullif(a.orders * b.orders, 0) as lift
    from facts.pairs p
    join sold a on a.product_id = p.product_id
    join sold b on b.product_id = p.related_id
    cross join facts.together_state s
    where p.product_id <> p.related_id and p.orders >= $min_support
), both_ways as (
    select product_id, related_id, support, support / nullif(cast(first_orders as double), 0) as confidence, lift from lifted where lift > 1
    union all
    select related_id, product_id, support, support / nullif(cast(second_orders as double), 0) as confidence, lift from lifted where lift > 1
)
select
    product_id, related_id, support, confidence, lift,
    row_number() over (partition by product_id order by support * lift desc, lift desc, related_id) as place
from both_ways
order by product_id, place;

-- Working tables give their memory back.
drop table due_orders;
drop table baskets_before;
drop table baskets_now;
drop table changed_pairs;
drop table pairs_now;
