-- Every segment that stands, and every one that an earlier try of this tick touched.
select segment
from (
    select segment, fingerprint
    from segments.definitions
    qualify row_number() over (partition by segment order by since desc) = 1
) d
where fingerprint <> 'gone'
union
select segment
from segments.sizes
where as_of = $as_of
order by segment;
