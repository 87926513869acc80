-- The meaning of each segment as it was last published.
select segment, fingerprint
from segments.definitions
qualify row_number() over (partition by segment order by since desc) = 1
order by segment;
