-- Every day from $first up to $last, once.
insert into calendar.days
with digits as (
    select 0 as n union all select 1 union all select 2 union all select 3 union all select 4
    union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
),
numbers as (
    select a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n as n
    from digits a
    join digits b on true
    join digits c on true
    join digits d on true
    join digits e on e.n < 3
)
select rl_add_days(cast($first as date), n) as day, rl_isodow(rl_add_days(cast($first as date), n)) as isodow
from numbers
where n < rl_days(cast($first as date), cast($last as date))
    and not exists (select 1 from calendar.days)
order by n;
