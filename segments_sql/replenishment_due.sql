-- Buy the same product again and again and are due for it: bought on at least param replenishment_orders days of the last
-- 365, their own average time between two of them has passed, and by no more than param replenishment_late_days days:
-- later than that they get it elsewhere. One product per contact, the one that has been due longest. Days are those of the
-- contact's own time zone.
-- owner: team:merchandising
-- refresh: daily
with zones as (
    select
        zone,
        starts_at,
        ends_at,
        offset_seconds
    from calendar.zone_offsets
    where starts_at <= as_of() and ends_at > as_of() - interval 365 day
),

purchases as (
    select
        b.contact_id,
        b.product_id,
        b.ordered_at,
        c.timezone
    from shop.purchases as b
    inner join facts.contacts as c on b.contact_id = c.contact_id
    where b.ordered_at >= as_of() - interval 365 day
        and b.product_id is not null
        and c.orders_365d >= param('replenishment_orders')
),

-- Few buy one thing so often: only theirs is looked at day by day.
habits as (
    select
        contact_id,
        product_id
    from purchases
    group by contact_id, product_id
    having count(*) >= param('replenishment_orders')
),

purchase_days as (
    select distinct
        p.contact_id,
        p.product_id,
        cast(rl_add_seconds(p.ordered_at, z.offset_seconds) as date) as bought_on
    from purchases as p
    inner join habits as h on p.contact_id = h.contact_id and p.product_id = h.product_id
    -- A left join, though every zone is there: an inner one may be taken first, every purchase with every zone.
    left join zones as z on p.timezone = z.zone and p.ordered_at >= z.starts_at and p.ordered_at < z.ends_at
),

rhythms as (
    select
        contact_id,
        product_id,
        max(bought_on) as last_bought_on,
        floor(rl_days(min(bought_on), max(bought_on)) / nullif(count(*) - 1, 0)) as gap_days
    from purchase_days
    group by contact_id, product_id
    having count(*) >= param('replenishment_orders')
),

due as (
    select
        r.contact_id,
        r.product_id,
        rl_add_days(r.last_bought_on, r.gap_days) as due_on,
        cast(rl_add_seconds(as_of(), z.offset_seconds) as date) as today
    from rhythms as r
    inner join facts.contacts as c on r.contact_id = c.contact_id
    inner join zones as z on c.timezone = z.zone and z.starts_at <= as_of() and z.ends_at > as_of()
)

select
    contact_id,
    product_id,
    due_on
from due
where rl_days(due_on, today) between 0 and param('replenishment_late_days')
qualify row_number() over (partition by contact_id order by due_on, product_id) = 1
