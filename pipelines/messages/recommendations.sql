-- Products that can be shown: on sale with a name, a page and at least a piece left, and how new they are in their category.
create or replace temp table render_shelf as
select
    p.product_id, p.category, f.since,
    row_number() over (partition by p.category order by f.since desc, p.product_id) as newness
from shop.current_products p
join (select product_id, min(valid_from) as since from shop.products group by product_id) f on f.product_id = p.product_id
where p.name is not null and p.url is not null and (p.stock is null or p.stock > 0);

-- What the contact of each message has: of the orders that stand.
create or replace temp table render_owned as
select distinct s.message_key, b.product_id
from render_subjects s
join shop.purchases b on b.contact_id = s.contact_id
where b.product_id is not null;

-- The products whose pages the contact went to from messages of the last 30 days.
create or replace temp table render_clicked as
select distinct s.message_key, p.product_id, p.category
from render_subjects s
join shop.message_events e on e.contact_id = s.contact_id and e.kind = 'clicked' and e.occurred_at >= as_of() - interval 30 day
join shop.current_products p on split_part(p.url, '?', 1) = split_part(e.url, '?', 1);

-- Up to four products to propose in each message: first what is declared to go with those it speaks about, then what is
-- bought together with them, then the newest of the contact's favourite category. Of these, what the contact clicked on
-- lately leads, and what is of the same category stands before the rest of its kind. Never one it speaks about already,
-- nor one that the contact has.
create or replace temp table render_recommendations as
select message_key, product_id, row_number() over (partition by message_key order by unclicked, choice, unlike, rank, product_id) as place
from (
    select
        e.message_key, e.product_id, e.choice, min(e.rank) as rank,
        case when bool_or(k.product_id = e.product_id) then 0 else 1 end as unclicked,
        case when bool_or(k.category = e.category) then 0 else 1 end as unlike
    from (
        select m.message_key, h.product_id, h.category, 1 as choice, h.newness as rank
        from render_mentioned m
        join shop.product_relations r on r.product_id = m.product_id
        join render_shelf h on h.product_id = r.related_id
        union all
        select m.message_key, h.product_id, h.category, 2 as choice, t.place as rank
        from render_mentioned m
        join facts.bought_together t on t.product_id = m.product_id
        join render_shelf h on h.product_id = t.related_id
        union all
        select s.message_key, h.product_id, h.category, 3 as choice, h.newness as rank
        from render_subjects s
        join facts.contacts f on f.contact_id = s.contact_id
        join render_shelf h on h.category = f.favourite_category
        where h.newness <= 12
    ) e
    left join render_clicked k on k.message_key = e.message_key
    group by e.message_key, e.product_id, e.choice
    qualify row_number() over (partition by e.message_key, e.product_id order by e.choice) = 1
) c
where not exists (select 1 from render_mentioned m where m.message_key = c.message_key and m.product_id = c.product_id)
    and not exists (select 1 from render_owned o where o.message_key = c.message_key and o.product_id = c.product_id)
qualify row_number() over (partition by message_key order by unclicked, choice, unlike, rank, product_id) <= 4;
