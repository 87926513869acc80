-- The files there are, with the hash of their text.
select path, fingerprint
from (
    select path, fingerprint, text is null as gone
    from runs.files
    qualify row_number() over (partition by path order by since desc) = 1
) f
where not gone
order by path;
