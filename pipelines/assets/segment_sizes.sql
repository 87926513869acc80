-- The latest sizes of a segment up to the tick, oldest first.
select as_of, members, entered, left_count, status, reason
from (
    select as_of, members, entered, left_count, status, reason, row_number() over (order by as_of desc) as place
    from segments.sizes
    where segment = $segment and as_of <= $as_of
) recent
where place <= $limit
order by as_of;
