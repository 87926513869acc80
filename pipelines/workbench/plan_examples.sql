-- A few contacts for each kind of difference.
select scenario, step, change, reason, detail, contact_id, at_before, at_after
from differences
qualify row_number() over (partition by scenario, step, change, reason, detail order by coalesce(at_after, at_before), contact_id) <= $examples
order by scenario, step, change, reason, detail, coalesce(at_after, at_before), contact_id;
