-- Products that came back into stock, or whose price fell, compared with the card before; as far as scenarios ask, and
-- new to this tick, late cards included.
create or replace temp table product_changes as
with cards as (
    select
        product_id, name, url, price, stock, valid_from, coalesce(corrected_at, loaded_at) as loaded_at,
        lag(price) over (partition by product_id order by valid_from) as previous_price,
        lag(stock) over (partition by product_id order by valid_from) as previous_stock
    from shop.products
    where product_id in (select product_id from shop.products where valid_from >= (select min(since) from live) or coalesce(corrected_at, loaded_at) > (select min(since) from live))
)
select
    l.scenario, l.source, l.within_seconds, c.product_id, c.valid_from,
    json_object(
        'product_id', c.product_id, 'name', c.name, 'url', c.url, 'price', c.price, 'previous_price', c.previous_price, 'stock', c.stock,
        'valid_from', c.valid_from
    ) as props
from live l
join cards c on c.valid_from >= l.since or (c.loaded_at > l.since and c.valid_from >= rl_add_seconds($as_of, -l.max_age_seconds))
where l.enters and l.kind = 'product'
    and case
        when l.price_drop is null then c.stock > 0 and c.previous_stock <= 0
        else c.price <= c.previous_price * (1 - l.price_drop)
    end;

-- Contacts tied to one of these products before the change: they asked for it, saw its page or put it in a cart, lately
-- enough, and have not bought it since.
insert into interested by name
with ties as (
    select 'requested' as source, contact_id, product_id, requested_at as tied_at
    from shop.stock_requests
    union all
    select 'viewed', contact_id, product_id, occurred_at
    from shop.site_events where name = 'product_viewed'
    union all
    select 'carted', e.contact_id, n.product_id, e.occurred_at
    from shop.cart_lines n
    join shop.site_events e on e.event_id = n.event_id
),
latest as (
    select c.scenario, t.contact_id, c.product_id, c.valid_from, max(t.tied_at) as tied_at
    from product_changes c
    join ties t on t.source = c.source and t.product_id = c.product_id and t.tied_at < c.valid_from
        and (c.within_seconds is null or t.tied_at >= rl_add_seconds(c.valid_from, -c.within_seconds))
    where t.contact_id is not null
    group by c.scenario, t.contact_id, c.product_id, c.valid_from
)
select l.scenario, l.contact_id, l.product_id, l.valid_from, c.props
from latest l
join product_changes c on c.scenario = l.scenario and c.product_id = l.product_id and c.valid_from = l.valid_from
where not exists (
    select 1 from shop.orders o
    join shop.order_lines n on n.order_id = o.order_id
    where o.contact_id = l.contact_id and o.ordered_at >= l.tied_at and o.cancelled_at is null and n.product_id = l.product_id
);
