-- What is seen in those visits: the page a click leads to, and the check-out of those who buy.
create or replace temp table export as
select
    'EA' || substr(md5(r.message_key), 1, 16) || '-p' as event_id, visitor_of(r.contact_id) as visitor_id, r.contact_id,
    'SA' || substr(md5(r.message_key), 1, 16) as session_id,
    r.clicked_at as occurred_at, 'page_viewed' as name, $url || case when c.cart_id is not null then '/cart' else '/' end as url,
    cast(null as varchar) as product_id, c.cart_id, cast(null as decimal(18, 2)) as cart_value, cast(null as json) as props
from replies r
left join carts_spoken_of c on c.cart_id = r.entry_key
where r.clicked
union all
select
    'EA' || substr(md5(message_key), 1, 16) || '-c', visitor_of(contact_id), contact_id, 'SA' || substr(md5(message_key), 1, 16),
    clicked_at + to_seconds(date_diff('second', clicked_at, bought_at) // 2), 'checkout_started', $url || '/checkout', null, cart_id, total, null
from bought
order by occurred_at, event_id;
