-- Some of the rows that the tick refused, and why; the rows themselves hold personal data and stay in raw.rejects.
select file, line, reason
from raw.rejects
where source = $source and loaded_at = $as_of
order by file, line, reason
limit $limit;
