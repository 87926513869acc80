-- Products whose card is new since the last tick, with the category or page that facts do not have yet.
create or replace temp table new_cards as
with cards as (
    select
        p.product_id, p.category, split_part(p.url, '?', 1) as page,
        row_number() over (partition by p.product_id order by p.valid_from desc) as place
    from shop.products p
    where p.product_id in (select product_id from shop.products where valid_from >= $previous or loaded_at > $previous or corrected_at > $previous)
)
select c.product_id, c.category, c.page
from cards c
left join facts.products f on f.product_id = c.product_id
where c.place = 1 and (f.product_id is null or f.category is distinct from c.category or f.page is distinct from c.page);

-- Products and pages whose category changed, filled where there are new cards.
create or replace temp table moved (kind varchar, ref varchar);
