-- The differences, counted by step and kind.
select scenario, step, change, reason, detail, count(*) as messages, min(coalesce(at_after, at_before)) as first_at, max(coalesce(at_after, at_before)) as last_at
from differences
group by scenario, step, change, reason, detail
order by scenario, step, change, reason, detail;
