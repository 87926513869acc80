-- One more day of the shop, from $since to $until: what a daily load would bring.
create or replace temp table draws as
select
    i,
    'c' || cast(floor(power(hash(i, $since, 7) / 18446744073709551616.0, 3) * $contacts) as bigint) as contact_id,
    rl_add_seconds($since, cast(hash(i, $since, 8) % greatest(rl_seconds($since, $until), 1) as bigint)) as moment
from range(cast(ceil($contacts * 20 / 730.0 * rl_seconds($since, $until) / 86400.0) as bigint)) t(i);

insert into raw.orders by name
select 'o' || epoch($since) || '-' || i as order_id, contact_id, moment as ordered_at, 'paid' as status,
    cast(10 + hash(i, $since, 9) % 20000 / 100.0 as decimal(18, 2)) as total, 'bench' as loaded_from, $until as loaded_at
from draws where i % 20 < 3 order by moment;

insert into raw.order_lines by name
select order_id, l.n as line_no, 'p' || hash(order_id, l.n) % 500 as product_id, 1 as quantity, total / 2 as unit_price, 'bench' as loaded_from, $until as loaded_at
from raw.orders cross join (values (1), (2)) l(n) where ordered_at >= $since and ordered_at < $until;

insert into raw.sessions by name
select 's' || epoch($since) || '-' || i as session_id, contact_id, moment as started_at, 3 as page_views, 'bench' as loaded_from, $until as loaded_at
from draws order by moment;

insert into raw.site_events by name
select 'e' || epoch($since) || '-' || i as event_id, contact_id, moment as occurred_at,
    case i % 10 when 0 then 'cart_updated' when 1 then 'signed_up' else 'product_viewed' end as name,
    'p' || hash(i, 12) % 500 as product_id, case when i % 10 = 0 then 'k' || epoch($since) || '-' || i end as cart_id,
    case when i % 10 = 0 then cast(hash(i, $since, 13) % 20000 / 100.0 as decimal(18, 2)) end as cart_value, 'bench' as loaded_from, $until as loaded_at
from draws where i % 20 < 8 order by moment;

-- Replies to what went in the last tick, and the usual delivery events.
insert into raw.message_events by name
select 'r' || message_key || '-' || k.n as event_id, message_key, contact_id, 'email' as channel,
    rl_add_seconds($since, cast(hash(message_key, k.n) % 80000 as bigint)) as occurred_at,
    case k.n when 1 then 'delivered' when 2 then 'opened' else 'clicked' end as kind, 'bench' as loaded_from, $until as loaded_at
from outbox.messages cross join (values (1), (2), (3)) k(n)
where as_of = $since and status = 'to_send' and (k.n = 1 or hash(message_key, 20) % (k.n * k.n * 2) = 0)
    and rl_add_seconds($since, cast(hash(message_key, k.n) % 80000 as bigint)) < $until
order by occurred_at;

insert into raw.message_events by name
select 'm' || epoch($since) || '-' || i || '-' || k.n as event_id, contact_id, 'email' as channel, moment as occurred_at,
    case k.n when 1 then 'delivered' else 'opened' end as kind, 'bench' as loaded_from, $until as loaded_at
from draws cross join (values (1), (2)) k(n) order by moment;
