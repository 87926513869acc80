-- Products that can be shown: on sale with a name, a page and at least a piece left, and how new they are in their category.
create or replace temp table render_shelf as
select
    p.product_id, p.category, f.since,
    row_number() over (partition by p.category order by f.since desc, p.product_id) as newness
from shop.current_products p
join (select product_id, min(valid_from) as since from shop.products group by product_id) f on f.product_id = p.product_id
where p.name is not null and p.url is not null and (p.stock is null or p.stock > 0);

-- Up to four products to propose in each message: first what is declared to go with those it speaks about, then the
-- newest of the contact's favourite category. Never one it speaks about already.
create or replace temp table render_recommendations as
select message_key, product_id, row_number() over (partition by message_key order by choice, newness, product_id) as place
from (
    select message_key, product_id, min(choice) as choice, min(newness) as newness
    from (
        select m.message_key, h.product_id, 1 as choice, h.newness
        from render_mentioned m
        join shop.product_relations r on r.product_id = m.product_id
        join render_shelf h on h.product_id = r.related_id
        union all
        select s.message_key, h.product_id, 2 as choice, h.newness
        from render_subjects s
        join facts.contacts f on f.contact_id = s.contact_id
        join render_shelf h on h.category = f.favourite_category
        where h.newness <= 12
    )
    group by message_key, product_id
) c
where not exists (select 1 from render_mentioned m where m.message_key = c.message_key and m.product_id = c.product_id)
qualify row_number() over (partition by message_key order by choice, newness, product_id) <= 4;
