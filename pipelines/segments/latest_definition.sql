-- The meaning under which a segment was last published.
select fingerprint, attributes
from segments.definitions
where segment = $segment
qualify row_number() over (partition by segment order by since desc) = 1;
