-- The trading days, filled in by Python, which knows the ticks; and the second of the local day at which they begin.
create or replace temp table shop_days (day_no bigint, day date, opens_at timestamp, closes_at timestamp);

set variable sample_cut = $cut;
