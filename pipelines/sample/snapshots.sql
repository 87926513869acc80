-- Snapshots of carts: one each time a line is put in, one when the check-out is opened (by all who order and a third of
-- those who leave). `lines` says how many lines the snapshot holds. Shared by the exports of events and of cart lines.
create or replace temp table snapshots as
with carts as (
    select v.visit, v.contact_id, v.started_at, v.kind, count(*) as lines from known_visits v join baskets b on b.visit = v.visit
    where v.started_at >= greatest($opens_at, $kept_from) and v.started_at < $closes_at
    group by v.visit, v.contact_id, v.started_at, v.kind
),
stepped as (
    select visit, contact_id, started_at + to_seconds(cast(45 * i + (dice('pace', visit) >> (3 * i)) % 30 as bigint)) as occurred_at,
        'cart_updated' as name, i as lines, i
    from (select *, unnest(range(1, lines + 1)) as i from carts)
    union all
    select visit, contact_id, started_at + order_after(visit) - interval 90 second, 'checkout_started', lines, 9 from carts
    where kind = 'o' or part(dice('pace', visit), 3) < 0.33
)
select s.visit, s.contact_id, s.occurred_at, s.name, s.lines, 'E' || s.visit || '-c' || s.i as event_id,
    cast(sum(b.quantity * b.cents) as bigint) as cents, arg_max(b.product_no, b.line_no) as product_no
from stepped s
join baskets b on b.visit = s.visit and b.line_no <= s.lines
group by s.visit, s.contact_id, s.occurred_at, s.name, s.lines, s.i;
