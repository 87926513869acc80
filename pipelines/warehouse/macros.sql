-- What dialects do differently, by one name each. DuckDB runs these macros as they are; `dialect.py` expands the
-- same names for other engines. Segments and conditions may use them too.

-- Bucket of a text or number: 0 to n-1, the same on every engine and for ever.
create or replace macro rl_bucket(k, n) as cast('0x' || substr(md5(cast(k as varchar)), 1, 8) as bigint) % n;

-- Whole calendar days from a to b.
create or replace macro rl_days(a, b) as date_diff('day', cast(a as date), cast(b as date));

-- Whole hours elapsed from a to b, rounded down.
create or replace macro rl_hours(a, b) as cast(floor((epoch_us(b) - epoch_us(a)) / 3600000000) as bigint);

-- Whole seconds elapsed from a to b, rounded down.
create or replace macro rl_seconds(a, b) as cast(floor((epoch_us(b) - epoch_us(a)) / 1000000) as bigint);

-- Day of the week, 1 Monday to 7 Sunday.
create or replace macro rl_isodow(d) as isodow(d);

-- The date n days after d.
create or replace macro rl_add_days(d, n) as cast(d as date) + cast(n as integer);

-- The date n months after d; where that month has no such day, its last one.
create or replace macro rl_add_months(d, n) as cast(cast(d as date) + to_months(cast(n as integer)) as date);

-- The instant n seconds after t.
create or replace macro rl_add_seconds(t, n) as t + to_seconds(cast(n as bigint));

-- SHA-256 of a text, in hexadecimal.
create or replace macro rl_sha256(t) as sha256(t);

-- The code in a contact's personal link for friends: the same for ever. It keeps the id out of the link and is no secret: whoever knows an id can work it out.
create or replace macro rl_referral_code(c) as 'r' || substr(rl_sha256('referral:' || c), 1, 16);

-- The text under a key of a JSON object; null where the key is absent.
create or replace macro rl_json(j, k) as j ->> ('$."' || k || '"');

-- This year's day of a birth date or other anniversary: 29 February becomes 28 February in other years.
create or replace macro rl_anniversary(d, y) as
    make_date(cast(y as integer), month(d), least(day(d), day(last_day(make_date(cast(y as integer), month(d), 1)))));

-- The order in which a message passes through its states within one attempt: what is known later ranks higher.
create or replace macro rl_state_rank(s) as case s when 'claimed' then 0 when 'unknown' then 1 else 2 end;
