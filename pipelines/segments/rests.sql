-- Whether the ticks before this one left the segment built, with the meaning it has now.
select count(*) = 2
from (
    select segment
    from segments.definitions
    where segment = $segment and since < $as_of
    qualify row_number() over (partition by segment order by since desc) = 1 and fingerprint = $fingerprint
    union all
    select segment
    from segments.sizes
    where segment = $segment and as_of < $as_of
    qualify row_number() over (partition by segment order by as_of desc) = 1 and status = 'built'
) s;
