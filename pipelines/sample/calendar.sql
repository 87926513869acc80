-- Trading days, their weight in the year and the week, and when in the day people come.
-- `shop_days` holds the days: each runs from one daily tick to the next and is named after the tick that reads it.

-- Weight of a day in thousandths: November and December are the peak, summer dips, Sunday and Monday evenings are busy,
-- the shop grows by an eighth a year. `favoured` is the category of the season.
create or replace temp table days as
select
    day_no, day, opens_at, closes_at, trading_on,
    cast(1000
        * [0.90, 0.80, 0.95, 1.05, 1.10, 1.00, 0.80, 0.70, 0.95, 1.05, 1.55, 1.70][month(trading_on)]
        * [1.10, 1.00, 0.95, 0.95, 0.90, 0.95, 1.15][isodow(trading_on)]
        * (1 + day_no / 2920.0)
        * case when month(trading_on) = 11 and day(trading_on) between 20 and 30 then 1.4
               when month(trading_on) = 12 and day(trading_on) > 23 then 0.4 else 1 end
        as bigint) as weight,
    [9, 9, 6, 6, 7, 7, 7, 7, 1, 1, 4, 4][month(trading_on)] as favoured
from (select *, cast(day - 1 as date) as trading_on from shop_days);

-- The day in 256 parts that are equally busy: local second each begins with, and its length.
create or replace temp table moments as
with minutes as (
    select m, [10, 5, 3, 2, 2, 4, 10, 20, 30, 40, 50, 50, 60, 50, 45, 40, 40, 50, 60, 70, 90, 90, 60, 30][m // 60 + 1] as weight
    from range(1440) as t(m)
),
shares as (select m, (sum(weight) over (order by m) - weight) * 256 // sum(weight) over () as slot from minutes),
starts as (select slot, min(m) * 60 as second from shares group by slot)
select cast(slot as bigint) as slot, second, coalesce(lead(second) over (order by slot), 86400) - second as length from starts;

-- The instant of a day that has a local second, for somebody whose clock is `lag` hours behind the shop's. Nobody is
-- about in the last hour before the tick, so that a visit never spans two days.
create or replace temp macro instant_of(opens_at, closes_at, second, lag) as
    opens_at + to_seconds(cast(
        (second + lag * 3600 - getvariable('sample_cut') + 172800) % 86400 * (epoch(closes_at) - epoch(opens_at) - 3600) // 86400
    as bigint));

-- A newsletter goes out on Tuesdays, a push message on the first Thursday of the month, an SMS when the sales begin,
-- all three and a half hours after the tick. Numbers count weeks from a Tuesday long ago.
create or replace temp table mailings as
with weeks as (
    select trading_on, opens_at + interval 210 minute as sent_at, date_diff('day', date '2000-01-04', trading_on) // 7 as week from days
)
select 'email' as channel, week, 'N' || week as mailing, sent_at from weeks where isodow(trading_on) = 2
union all
select 'push', week, 'U' || week, sent_at from weeks where isodow(trading_on) = 4 and day(trading_on) <= 7
union all
select 'sms', week, 'T' || week, sent_at from weeks where isodow(trading_on) = 3 and day(trading_on) between 8 and 14 and month(trading_on) in (1, 6, 11);
