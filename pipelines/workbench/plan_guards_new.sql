-- The scenarios that a guard holds with one set of files and not with the other.
select scenario, tripped_at, entries, usual
from planned_guards
where scenario not in (select scenario from guards_before)
order by scenario;
