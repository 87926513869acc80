-- Who comes, and what comes of it, in the periods of `batch` (period_no, first_no, last_no, target): whole months of the
-- past, or single days. The same period gives the same visits however often it is asked for.

-- Length and weight of each period, and the days in it in 1024 parts that are equally busy.
create or replace temp table periods as
select b.period_no, b.target, min(d.opens_at) as opens_at, max(d.closes_at) as closes_at, cast(sum(d.weight) as bigint) / 1000.0 as weight
from batch b join days d on d.day_no between b.first_no and b.last_no
group by b.period_no, b.target;

create or replace temp table period_days as
with shares as (
    select b.period_no, d.day_no, d.opens_at, d.closes_at,
        sum(d.weight) over (partition by b.period_no order by d.day_no) * 1024 // sum(d.weight) over (partition by b.period_no) as to_slot,
        (sum(d.weight) over (partition by b.period_no order by d.day_no) - d.weight) * 1024 // sum(d.weight) over (partition by b.period_no) as from_slot
    from batch b join days d on d.day_no between b.first_no and b.last_no
)
select period_no, cast(slot as bigint) as slot, day_no, opens_at, closes_at from shares join range(1024) as t(slot) on slot >= from_slot and slot < to_slot;

-- How often each contact comes to look (b), to fill a cart and leave it (a), to order (o). Only target periods need looks.
create or replace temp table comings as
select * from (
    select p.period_no, c.no,
        case when p.target then cast(floor(c.visits * p.weight / 730 + part(dice('looks', p.period_no || '|' || c.no), 0)) as bigint) else 0 end as looks,
        cast(floor(c.leaves * p.weight / 730 + part(dice('comes', p.period_no || '|' || c.no), 1)) as bigint) as leaves,
        cast(floor(c.orders * p.weight / 730 + part(dice('comes', p.period_no || '|' || c.no), 2)) as bigint) as orders
    from periods p join people c on c.created_at < p.closes_at
)
where looks + leaves + orders > 0;

-- One row a visit of a contact. Nobody comes before they were created; whoever is gone hardly comes back; the seasonal
-- order in November and December only.
create or replace temp table known_visits as
with each as (
    select period_no, no, 'b' as kind, unnest(range(1, looks + 1)) as i from comings
    union all
    select period_no, no, 'a', unnest(range(1, leaves + 1)) from comings
    union all
    select period_no, no, 'o', unnest(range(1, orders + 1)) from comings
),
keyed as (select period_no, no, kind, period_no || kind || lpad(cast(no as varchar), 7, '0') || '-' || i as visit from each),
drawn as (select *, dice('visit', visit) as h from keyed),
timed as (
    select v.visit, v.no, v.kind, v.h, d.day_no, instant_of(d.opens_at, d.closes_at, m.second + (v.h & 4095) % m.length, c.lag) as started_at
    from drawn v
    join period_days d on d.period_no = v.period_no and d.slot = (v.h >> 50)
    join moments m on m.slot = (v.h >> 40) & 255
    join people c on c.no = v.no
)
select v.visit, v.no, c.contact_id, v.kind, v.day_no, v.started_at, v.h
from timed v
join people c on c.no = v.no
where v.started_at > c.created_at
    and (c.gone_at is null or v.started_at < c.gone_at or (v.h >> 12) & 31 = 0)
    and (not c.seasonal or v.kind != 'o' or month(v.started_at) in (11, 12))
union all
-- The visit in which somebody becomes a contact; who came by the check-out orders in it.
select 'J' || lpad(cast(c.no as varchar), 7, '0'), c.no, c.contact_id, case when c.origin = 'checkout' then 'o' else 'j' end, c.day_no, c.created_at,
    dice('visit', 'J' || lpad(cast(c.no as varchar), 7, '0'))
from people c
join periods p on c.created_at >= p.opens_at and c.created_at < p.closes_at
where c.day_no >= 0;

-- Everybody who looks: contacts, some of them not logged in, and visitors whom the shop does not know.
create or replace temp table visits as
select visit, no, case when kind = 'b' and (h >> 17) & 15 = 0 then null else contact_id end as contact_id, visitor_of(contact_id) as visitor_id, kind,
    day_no, started_at, h
from known_visits
union all
select v.visit, null, null, 'V' || substr(md5(v.visit), 1, 12), 'b', d.day_no, instant_of(d.opens_at, d.closes_at, m.second + (v.h & 4095) % m.length, 0), v.h
from (
    select period_no, period_no || 'v' || i as visit, dice('visit', period_no || 'v' || i) as h
    from (select period_no, unnest(range(1, 3 + cast(floor($contacts * 2.5 * weight / 730) as bigint))) as i from periods where target)
) v
join period_days d on d.period_no = v.period_no and d.slot = (v.h >> 50)
join moments m on m.slot = (v.h >> 40) & 255;
