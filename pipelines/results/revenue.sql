-- What contacts brought, treated and held out, per scenario with a holdout and a goal: the number of contacts, the sum of
-- what each brought and the sum of its squares. Everybody who entered since the holdout began counts once, whether or not
-- a message went, with the orders that follow the first run for as long as the goal may take: whether there are later runs
-- depends on what was sent. Orders that stand, less what was paid back of them; only contacts whose time is over.
with latest as (
    select scenario, version, goal_seconds from journeys.versions where first_as_of <= $as_of
    qualify row_number() over (partition by scenario order by version desc) = 1
),
began as (
    select e.scenario, l.goal_seconds, min(e.entered_as_of) as since
    from journeys.enrolments e
    join latest l on l.scenario = e.scenario
    join journeys.conditions c on c.scenario = l.scenario and c.version = l.version and c.role = 'goal'
    where e.ghost and e.entered_as_of <= $as_of
    group by e.scenario, l.goal_seconds
),
first_runs as (
    select
        e.scenario, e.contact_id, b.goal_seconds, min(e.entered_at) as entered_at,
        coalesce(min(case when e.ghost then e.entered_at end) = min(e.entered_at), false) as ghost
    from journeys.enrolments e
    join began b on b.scenario = e.scenario and e.entered_as_of >= b.since
    where e.entered_as_of <= $as_of
    group by e.scenario, e.contact_id, b.goal_seconds
),
compared as (
    select scenario, contact_id, goal_seconds, ghost, entered_at, coalesce(rl_add_seconds(entered_at, goal_seconds), $as_of) as ends_at
    from first_runs
    where goal_seconds is null or rl_add_seconds(entered_at, goal_seconds) <= $as_of
),
paid_back as (
    select order_id, sum(amount) as amount from shop.refunds where order_id is not null group by order_id
),
brought as (
    select p.scenario, p.contact_id, p.ghost, cast(sum(o.total) - coalesce(sum(b.amount), 0) as decimal(18, 2)) as amount
    from compared p
    join shop.orders o on o.contact_id = p.contact_id and o.cancelled_at is null and o.ordered_at > p.entered_at and o.ordered_at <= p.ends_at
    left join paid_back b on b.order_id = o.order_id
    group by p.scenario, p.contact_id, p.ghost
),
sums as (
    select scenario, ghost, sum(amount) as total, sum(amount * amount) as squares from brought group by scenario, ghost
),
arms as (
    select scenario, goal_seconds, ghost, count(*) as contacts from compared group by scenario, goal_seconds, ghost
)
select a.scenario, a.ghost, a.goal_seconds, a.contacts, coalesce(s.total, 0) as total, coalesce(s.squares, 0) as squares
from arms a
left join sums s on s.scenario = a.scenario and s.ghost = a.ghost
order by a.scenario, a.ghost;
