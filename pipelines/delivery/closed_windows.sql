-- Messages whose window is closed by now, with its next opening: what was kept from its moment by a quota, a provider or a
-- pause goes in its window all the same. `openings` are those of the zones in `touched`.
create or replace temp table closed_windows as
select t.message_key, o.opens_at
from touched t
join openings o on o.window_id = t.window_id and o.zone = t.zone and $now >= o.next_from and $now < o.closes_at
where o.opens_at > $now;
