-- The latest sizes of a segment, oldest first.
select as_of, members, entered, left_count, status, reason
from (
    select s.*, row_number() over (order by as_of desc) as place
    from segments.sizes s
    where segment = $segment
) recent
where place <= $limit
order by as_of;
