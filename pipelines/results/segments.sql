-- Every segment's size, how it changed in the tick, and its last 30 sizes, oldest first.
select
    s.segment, s.members, s.entered, s.left_count, s.status, s.reason,
    (select string_agg(cast(h.members as varchar), ',' order by h.as_of)
     from (
        select p.segment, p.as_of, p.members, row_number() over (partition by p.segment order by p.as_of desc) as place
        from segments.sizes p where p.as_of <= $as_of
     ) h where h.segment = s.segment and h.place <= 30) as history
from segments.sizes s
where s.as_of = $as_of
order by s.segment;
