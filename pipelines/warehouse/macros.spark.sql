-- The macros of macros.sql in Spark's words. Nothing runs this file: dialect.py puts each body in place of the call.
-- A macro that is not here means the same text on both sides (rl_anniversary).

create or replace macro rl_bucket(k, n) as cast(conv(substring(md5(cast(k as string)), 1, 8), 16, 10) as bigint) % n;

create or replace macro rl_days(a, b) as datediff(cast(b as date), cast(a as date));

create or replace macro rl_hours(a, b) as
    cast(floor((unix_micros(cast(b as timestamp)) - unix_micros(cast(a as timestamp))) / 3600000000) as bigint);

create or replace macro rl_seconds(a, b) as
    cast(floor((unix_micros(cast(b as timestamp)) - unix_micros(cast(a as timestamp))) / 1000000) as bigint);

create or replace macro rl_isodow(d) as (dayofweek(d) + 5) % 7 + 1;

create or replace macro rl_add_days(d, n) as date_add(cast(d as date), cast(n as int));

create or replace macro rl_add_months(d, n) as add_months(cast(d as date), cast(n as int));

create or replace macro rl_add_seconds(t, n) as t + make_dt_interval(0, 0, 0, n);

create or replace macro rl_sha256(t) as sha2(t, 256);

create or replace macro rl_json(j, k) as get_json_object(j, concat("$['", k, "']"));
