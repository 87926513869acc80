-- The news, with the how-many-th order of its contact each order_placed is.
create or replace temp table news as
with ordering as (
    select distinct contact_id from unnumbered_news where name = 'order_placed' and $numbered
),
numbered as (
    select o.order_id, row_number() over (partition by o.contact_id order by o.ordered_at, o.order_id) as order_number
    from shop.orders o
    where o.contact_id in (select contact_id from ordering)
)
select
    a.activity_id, a.contact_id, a.occurred_at, a.loaded_at, a.name, a.key, a.value, a.props, n.order_number
from unnumbered_news a
left join numbered n on a.name = 'order_placed' and n.order_id = a.key;
