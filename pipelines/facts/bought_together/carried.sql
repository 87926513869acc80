-- What pairs were last counted for under the same settings, if a tick at as_of() can carry on from it: it stands at a
-- committed tick, and nothing was counted that a later tick had loaded before it was given up.
select s.as_of, s.day, s.orders
from facts.together_state s
where s.rules = $rules and s.loaded_until = s.as_of and s.as_of < as_of()
    and s.as_of in (select as_of from runs.ticks where status = 'committed');
