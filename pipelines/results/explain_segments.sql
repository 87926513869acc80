-- The segments a contact belonged to after a tick, and since when.
select segment, entered_at
from segments.changes
where contact_id = $contact and as_of <= $as_of
qualify row_number() over (partition by segment order by as_of desc) = 1 and change = 'entered'
order by segment;
