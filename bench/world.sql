-- A shop of $contacts contacts and $seconds of history up to $today, with heavy tails, straight into the raw tables.
-- Seeded by DuckDB's own hash: the same on one version of the engine, which is all a benchmark needs.

insert into raw.contacts by name
select
    'c' || i as contact_id, 'c' || i || '@example.com' as email,
    date '1950-01-01' + cast(hash(i, 1) % 20000 as integer) as birth_date,
    case when hash(i, 2) % 3 = 0 then 'en-GB' else 'fr-FR' end as locale,
    case when hash(i, 2) % 3 = 0 then 'GB' else 'FR' end as country,
    case hash(i, 3) % 5 when 0 then 'Europe/London' when 1 then 'America/Montreal' else 'Europe/Paris' end as timezone,
    $today - interval 1 day * cast(hash(i, 4) % 900 as integer) as created_at,
    'bench' as loaded_from, $today as loaded_at
from range($contacts) t(i);

insert into raw.consents by name
select contact_id, 'email' as channel, 'all' as topic, case when hash(contact_id, 5) % 3 = 0 then 'existing_customer' else 'opt_in' end as basis,
    true as granted, created_at as occurred_at, 'bench' as loaded_from, $today as loaded_at
from raw.contacts where hash(contact_id, 6) % 10 < 8;

insert into raw.products by name
select 'p' || i as product_id, 'Product ' || i as name, 'category ' || i % 12 as category, 'https://shop.example/p' || i as url,
    cast(5 + i % 90 as decimal(18, 2)) as price, $today - interval 800 day as valid_from, 'bench' as loaded_from, $today as loaded_at
from range(500) t(i);

-- Who does something is drawn with a heavy tail: the cube of a uniform number puts most of it on few contacts.
create or replace temp table draws as
select
    i,
    'c' || cast(floor(power(hash(i, 7) / 18446744073709551616.0, 3) * $contacts) as bigint) as contact_id,
    rl_add_seconds($today, -cast(hash(i, 8) % $seconds as bigint)) as moment
from range($contacts * $per_contact) t(i);

insert into raw.orders by name
select 'o' || i as order_id, contact_id, moment as ordered_at, 'paid' as status, cast(10 + hash(i, 9) % 20000 / 100.0 as decimal(18, 2)) as total,
    case when hash(i, 10) % 5 = 0 then 'PROMO' end as coupon_code, case when hash(i, 11) % 50 = 0 then moment + interval 2 hour end as cancelled_at,
    'bench' as loaded_from, $today as loaded_at
from draws where i % 20 < 3 order by moment;

insert into raw.order_lines by name
select order_id, l.n as line_no, 'p' || hash(order_id, l.n) % 500 as product_id, 1 + hash(order_id, l.n, 1) % 3 as quantity, total / 2 as unit_price,
    'bench' as loaded_from, $today as loaded_at
from raw.orders cross join (values (1), (2)) l(n);

insert into raw.sessions by name
select 's' || i as session_id, 'v' || i as visitor_id, contact_id, moment as started_at, moment + interval 5 minute as ended_at, 3 as page_views,
    'bench' as loaded_from, $today as loaded_at
from draws order by moment;

insert into raw.site_events by name
select 'e' || i as event_id, 'v' || i as visitor_id, contact_id, moment as occurred_at,
    case i % 10 when 0 then 'cart_updated' when 1 then 'signed_up' else 'product_viewed' end as name,
    'p' || hash(i, 12) % 500 as product_id, case when i % 10 = 0 then 'k' || i end as cart_id,
    case when i % 10 = 0 then cast(hash(i, 13) % 20000 / 100.0 as decimal(18, 2)) end as cart_value, 'bench' as loaded_from, $today as loaded_at
from draws where i % 20 < 4 order by moment;

insert into raw.message_events by name
select 'm' || i || '-' || k.n as event_id, contact_id, 'email' as channel, moment + interval 1 second * k.n as occurred_at,
    case k.n when 1 then 'delivered' when 2 then case when hash(i, 14) % 3 = 0 then 'opened' else 'delivered' end end as kind, 'bench' as loaded_from, $today as loaded_at
from draws cross join (values (1), (2)) k(n) order by moment;
