-- Earlier activities of the candidates, beside the news; what is news already is not taken twice.
insert into news by name
with numbered as (
    select o.order_id, row_number() over (partition by o.contact_id order by o.ordered_at, o.order_id) as order_number
    from shop.orders o
    where o.contact_id in (select contact_id from unnumbered_history where name = 'order_placed' and $numbered)
)
select
    h.activity_id, h.contact_id, h.occurred_at, h.loaded_at, h.name, h.key, h.value, h.props, n.order_number
from unnumbered_history h
left join numbered n on h.name = 'order_placed' and n.order_id = h.key
where not exists (select 1 from news a where a.activity_id = h.activity_id and a.name = h.name);
