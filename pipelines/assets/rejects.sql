-- Some of the rows that the tick refused, and why; what was in them is personal data and stays in raw.rejects.
select file, line, regexp_replace(reason, '`[^`]*`', '`…`', 'g') as reason
from raw.rejects
where source = $source and loaded_at = $as_of
order by file, line, reason
limit $limit;
