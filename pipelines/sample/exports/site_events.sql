-- What happened on the site. Pages, products and carts are kept for ninety days as the shop's analytics does; sign-ups,
-- newsletter subscriptions, quotes and forms for ever.
create or replace temp table export as
with looks as (
    select v.*, dice('look', v.visit) as l from visits v where v.kind = 'b' and v.started_at >= $opens_at and v.started_at < $closes_at
),
recent as (select * from looks where started_at >= $kept_from),
turned as (
    select visit, visitor_id, contact_id, no, day_no, started_at, unnest(range(1, 1 + cast(floor(3.2 * part(l, 0)) as bigint))) as i from recent
),
seen as (
    select t.*,
        case when c.no is not null and part(dice('view', t.visit || '|' || t.i), 0) < 0.6
            then g.first_no + cast(floor(g.products * part(dice('view', t.visit || '|' || t.i), 1)) as bigint)
            else 1 + cast(floor((select count(*) from range_of_products) * part(dice('view', t.visit || '|' || t.i), 1)) as bigint) end as product_no
    from turned t
    left join people c on c.no = t.no
    left join categories g on g.category_no = c.favourite
),
happened as (
    select 'E' || visit || '-p' as event_id, visitor_id, contact_id, visit, started_at as occurred_at, 'page_viewed' as name,
        ['/', '/', '/magazine/coffee-at-home', '/magazine/winter-garden', '/delivery', '/club', '/workshops', '/quote', '/stores', '/gift-cards']
            [1 + (l & 1023) % 10] as path,
        cast(null as bigint) as product_no, cast(null as varchar) as cart_id, cast(null as bigint) as cents, cast(null as varchar) as props
    from recent where part(l, 1) < 0.5
    union all
    select 'E' || s.visit || '-v' || s.i, s.visitor_id, s.contact_id, s.visit, s.started_at + to_seconds(5 * s.i), 'product_viewed', null,
        s.product_no, null, null, null
    from seen s
    join range_of_products p on p.product_no = s.product_no and p.launched_no <= s.day_no
    union all
    select event_id, visitor_of(contact_id), contact_id, visit, occurred_at, name, case name when 'cart_updated' then '/cart' else '/checkout' end,
        product_no, 'K' || visit, cents, null
    from snapshots
    union all
    select 'E' || contact_id || '-j', visitor_of(contact_id), contact_id, case when day_no >= 0 then 'J' || substr(contact_id, 2) end, created_at,
        'signed_up', '/account/new', null, null, null, '{"form": "account"}'
    from people where origin = 'account' and created_at >= $opens_at and created_at < $closes_at
    union all
    select 'E' || contact_id || '-a', visitor_of(contact_id), contact_id, 'J' || substr(contact_id, 2),
        created_at + order_after('J' || substr(contact_id, 2)) + interval 20 second, 'account_created', '/checkout', null, null, null, null
    from people where origin = 'checkout' and day_no >= 0 and part(dice('topics', no), 3) < 0.5 and created_at >= $opens_at and created_at < $closes_at
    union all
    select 'E' || contact_id || '-n', visitor_of(contact_id), contact_id, null, news_from + interval 1 second, 'subscribed', '/newsletter', null, null,
        null, '{"form": "newsletter"}'
    from people where news_from >= $opens_at and news_from < $closes_at
    union all
    select 'E' || visit || '-q', visitor_id, contact_id, visit, started_at + interval 15 second, 'quote_requested', '/quote', null, null, null,
        json_object('pieces', 10 + (l & 63), 'for', ['office', 'wedding', 'restaurant', 'gifts'][1 + (l >> 6) & 3])
    from looks where contact_id is not null and part(l, 2) < 0.006
    union all
    select 'E' || visit || '-f', visitor_id, contact_id, visit, started_at + interval 14 second, 'form_submitted', '/forms', null, null, null,
        json_object('form', ['trial', 'invitation', 'advice', 'catalogue'][1 + (l >> 4) & 3])
    from looks where contact_id is not null and part(l, 2) >= 0.99
)
select
    h.event_id, h.visitor_id, h.contact_id, case when h.visit is not null then 'S' || h.visit end as session_id, h.occurred_at, h.name,
    $url || coalesce(h.path, '/products/' || p.slug) as url, p.product_id, h.cart_id, money(h.cents) as cart_value, cast(h.props as json) as props
from happened h
left join range_of_products p on p.product_no = h.product_no
order by h.occurred_at, h.event_id;
