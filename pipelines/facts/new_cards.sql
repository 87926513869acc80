-- Products and pages whose category may change with them, and the category before.
create or replace temp table placed_before as
select c.kind, c.ref, p.category
from (
    select 'product' as kind, product_id as ref from new_cards
    union
    select 'page' as kind, page as ref from new_cards where page is not null
    union
    select 'page' as kind, f.page as ref from facts.products f join new_cards c on c.product_id = f.product_id where f.page is not null
) c
left join placed p on p.kind = c.kind and p.ref = c.ref;

delete from facts.products where product_id in (select product_id from new_cards);
insert into facts.products select product_id, category, page from new_cards;

-- Products and pages whose category did change and that somebody may have touched before.
insert into moved
select b.kind, b.ref
from placed_before b
left join placed p on p.kind = b.kind and p.ref = b.ref
left join facts.unplaced u on u.kind = b.kind and u.ref = b.ref
where b.category is distinct from p.category and (b.category is not null or u.ref is not null);

-- A product or page that lost its category counts as one that never had any.
insert into facts.unplaced
select m.kind, m.ref
from moved m
left join placed p on p.kind = m.kind and p.ref = m.ref
left join facts.unplaced u on u.kind = m.kind and u.ref = m.ref
where p.ref is null and u.ref is null;
