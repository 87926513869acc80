-- What is put into carts and what is ordered, for the visits in hand.

-- Lines of each cart. Half of what people want is of their favourite category, some of the season's, the rest of anything;
-- whoever favours the pantry (category 4) comes back for the same coffee or tea; early adopters go for what is new. They
-- take what is on the shelf that day. Carts left long ago are only made up where they were ordered after all.
create or replace temp table baskets as
with filled as (
    select visit, no, day_no, unnest(range(1, 2 + cast(floor(5 * part(dice('basket', visit), 0) * part(dice('basket', visit), 1)) as bigint))) as k
    from known_visits
    where kind = 'o' or (kind = 'a' and (started_at >= $kept_from or comes_back('K' || visit)))
),
drawn as (select *, dice('line', visit || '|' || k) as h from filled),
wanted as (
    select
        f.visit, f.day_no, f.k,
        case when c.early and part(f.h, 0) < 0.5 then n.product_no
             when c.favourite = 4 and f.k = 1 and part(f.h, 1) < 0.8 then g.first_no + c.no % g.products
             when part(f.h, 0) < 0.65 then g.first_no + cast(floor(g.products * part(f.h, 1) * part(f.h, 2)) as bigint)
             else 1 + cast(floor((select count(*) from range_of_products) * part(f.h, 1)) as bigint) end as asked_no,
        case when c.bulk then 6 + cast(floor(40 * part(f.h, 3)) as bigint)
             when part(f.h, 3) < 0.80 then 1 when part(f.h, 3) < 0.93 then 2 when part(f.h, 3) < 0.98 then 3 else 4 end as quantity
    from drawn f
    join people c on c.no = f.no
    join days d on d.day_no = f.day_no
    join novelties n on n.day_no = f.day_no
    join categories g on g.category_no = case when part(f.h, 0) < 0.5 or (c.favourite = 4 and f.k = 1) then c.favourite else d.favoured end
)
select w.visit, row_number() over (partition by w.visit order by min(w.k)) as line_no, s.sold_no as product_no, s.cents,
    cast(sum(w.quantity) as bigint) as quantity
from wanted w
join shelf s on s.day_no = w.day_no and s.asked_no = w.asked_no
group by w.visit, s.sold_no, s.cents;

-- Orders: of visits that order, and of carts left that come back by themselves. A coupon takes its percentage off each line.
create or replace temp table orders as
with placed as (
    select visit, no, contact_id, started_at, started_at + order_after(visit) as ordered_at from known_visits where kind = 'o'
    union all
    select visit, no, contact_id, started_at, started_at + to_seconds(1800) + comes_back_after('K' || visit) from known_visits
    where kind = 'a' and comes_back('K' || visit)
),
priced as (
    select *, 'T' || upper(substr(md5(visit), 1, 12)) as order_id,
        no in (select no from people where thrifty) and part(dice('coupon', visit), 0) < 0.8 or part(dice('coupon', visit), 0) < 0.10 as has_coupon
    from placed
)
select
    order_id, visit, no, contact_id, 'K' || visit as cart_id, started_at, ordered_at,
    case when has_coupon then case when month(ordered_at) in (11, 12) then 'NOEL15' else 'TILLEUL10' end end as coupon_code,
    case when has_coupon then case when month(ordered_at) in (11, 12) then 15 else 10 end else 0 end as percent,
    ordered_at + shipped_after(order_id) as shipped_at,
    ordered_at + delivered_after(order_id) as delivered_at,
    ordered_at + cancelled_after(order_id) as cancelled_at
from priced;

create or replace temp table order_lines as
select o.order_id, o.ordered_at, b.line_no, b.product_no, b.quantity, (b.cents * (100 - o.percent) + 50) // 100 as cents
from orders o join baskets b on b.visit = o.visit;

create or replace temp table totals as
select order_id, cast(sum(quantity * cents) as bigint) as cents from order_lines group by order_id;
