-- Everybody who is or becomes a contact: where they live, how often they come, what they are like. One row a contact,
-- numbered in the order in which they came. A third came in the three years before the shop's history begins.

-- Places in thousandths of the contacts: country, language, zone, and hours by which its clock is behind the shop's.
create or replace temp table places as
select * from (values
    (0, 430, 'FR', 'fr', 'Europe/Paris', 0), (430, 438, 'FR', 'fr', 'Indian/Reunion', -3), (438, 443, 'FR', 'fr', 'America/Guadeloupe', 5),
    (443, 713, 'GB', 'en-GB', 'Europe/London', 1), (713, 753, 'BE', 'fr-BE', 'Europe/Brussels', 0), (753, 768, 'BE', 'nl-BE', 'Europe/Brussels', 0),
    (768, 788, 'CH', 'fr-CH', 'Europe/Zurich', 0), (788, 798, 'CH', 'de-CH', 'Europe/Zurich', 0), (798, 838, 'DE', 'de', 'Europe/Berlin', 0),
    (838, 868, 'ES', 'es', 'Europe/Madrid', 0), (868, 898, 'IE', 'en-IE', 'Europe/Dublin', 1), (898, 923, 'CA', 'fr-CA', 'America/Toronto', 6),
    (923, 935, 'CA', 'en-CA', 'America/Toronto', 6), (935, 943, 'CA', 'en-CA', 'America/Vancouver', 9), (943, 965, 'US', 'en-US', 'America/New_York', 6),
    (965, 972, 'US', 'en-US', 'America/Chicago', 7), (972, 986, 'US', 'en-US', 'America/Los_Angeles', 9), (986, 1000, 'AU', 'en-AU', 'Australia/Sydney', -8)
) as t(from_slot, to_slot, country, locale, zone, lag);

-- Days of the two years in 16384 parts that bring equally many contacts.
create or replace temp table arrivals as
with shares as (
    select day_no, sum(weight) over (order by day_no) * 16384 // sum(weight) over () as to_slot,
        (sum(weight) over (order by day_no) - weight) * 16384 // sum(weight) over () as from_slot
    from days where day_no < $first_demo_no
)
select cast(slot as bigint) as slot, day_no from shares join range(16384) as t(slot) on slot >= from_slot and slot < to_slot;

-- When each contact came.
create or replace temp table born as
with numbered as (select no, dice('born', no) as h, (no - 1 + part(dice('born', no), 0)) / $contacts as place from range(1, $people + 1) as t(no)),
dated as (
    select n.no, n.h, n.place,
        case when n.place < 0.35 then -1 when n.no > $contacts then $first_demo_no + (n.no - $contacts - 1) // $daily else a.day_no end as day_no
    from numbered n
    left join arrivals a on a.slot = cast(floor((n.place - 0.35) / 0.65 * 16384) as bigint)
)
select
    t.no, t.day_no, p.country, p.locale, p.zone, p.lag,
    case when t.day_no < 0 then $begins_at - to_seconds(cast(ceil(1095 * 86400 * (1 - t.place / 0.35)) as bigint) + 60)
         else instant_of(d.opens_at, d.closes_at, m.second + (t.h & 32767) % m.length, p.lag) end as created_at
from dated t
join places p on cast(floor(1000 * part(t.h, 1)) as bigint) >= p.from_slot and cast(floor(1000 * part(t.h, 1)) as bigint) < p.to_slot
join moments m on m.slot = (t.h >> 30) & 255
left join days d on d.day_no = t.day_no;

-- What they are like. Rates are visits, carts left and orders in 730 average days, with heavy tails. `opens` and `clicks`
-- are chances per mailing. Consent begins with the account for most who give it, later for some.
create or replace temp table people as
with drawn as (
    select *, dice('habit', no) as h, dice('taste', no) as t, dice('consent', no) as c, dice('reader', 'C' || lpad(cast(no as varchar), 7, '0')) as r,
        bell(dice('visits', no)) as often, bell(dice('orders', no)) as much
    from born
),
marked as (
    select *,
        case when part(t, 0) < 0.34 then 'checkout' when part(t, 0) < 0.53 then 'newsletter' else 'account' end as origin,
        part(t, 1) as trait,
        case when part(h, 2) < 0.62 then created_at + to_seconds(cast(-ln(1 - part(h, 3)) * 480 * 86400 as bigint)) end as gone_at
    from drawn
),
consenting as (
    select *,
        origin = 'newsletter' or part(t, 3) >= 0.06 as has_email,
        part(c, 1) < 0.5 as has_phone,
        case when origin = 'newsletter' or part(c, 0) < 0.38 then created_at
             when part(c, 0) < 0.45 then created_at + to_seconds(cast((20 + 400 * part(c, 2)) * 86400 as bigint)) end as asked_at
    from marked
)
select
    no, 'C' || lpad(cast(no as varchar), 7, '0') as contact_id, day_no, country, locale, zone, lag, created_at, gone_at, origin, has_email, has_phone,
    round(exp(2.4 + 0.95 * often), 3) as visits,
    round(exp(0.8 + 0.95 * much), 3) as leaves,
    case when part(h, 0) < 0.80 or origin = 'checkout' then round(exp(0.9 + 1.08 * much) * case when trait < 0.04 then 3 else 1 end, 3) else 0 end as orders,
    trait < 0.04 as seasonal,
    trait >= 0.04 and trait < 0.065 as bulk,
    trait >= 0.07 and trait < 0.25 as thrifty,
    trait >= 0.25 and trait < 0.32 as early,
    1 + cast(floor(10 * part(t, 2)) as bigint) as favourite,
    case when has_email then asked_at end as news_from,
    case when has_email then date_diff('day', date '2000-01-04', cast(greatest(asked_at, $begins_at) as date)) // 7 + 1
        + cast(least(floor(ln(1 - part(r, 0)) / ln(0.9965)), 5000) as bigint) end as last_week,
    case when part(c, 3) < 0.10 then 'complained' when part(c, 3) < 0.28 then 'bounced' else 'unsubscribed' end as leaves_by,
    case when has_phone and part(c, 0) < 0.22 then created_at end as sms_from,
    case when part(c, 2) < 0.14 then created_at end as push_from,
    opens_of('C' || lpad(cast(no as varchar), 7, '0')) as opens,
    clicks_of('C' || lpad(cast(no as varchar), 7, '0')) as clicks
from consenting;

-- When a reader of the newsletter leaves: with the mailing of their last week.
create or replace temp table leavers as
select p.no, p.leaves_by, m.sent_at + to_seconds(cast(600 + 30000 * part(dice('leaves', p.no), 0) as bigint)) as leave_at
from people p
join mailings m on m.channel = 'email' and m.week = p.last_week
where p.news_from is not null and m.sent_at > p.news_from;

-- How many contacts there were when each day began: the first so many numbers.
create or replace temp table heads as
select d.day_no, d.opens_at, (select count(*) from born where born.day_no < d.day_no) as contacts from days d;
