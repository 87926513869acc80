-- The files that a tick ran with.
select path, text
from (
    select path, text
    from runs.files
    where since <= $as_of
    qualify row_number() over (partition by path order by since desc) = 1
) f
where text is not null
order by path;
