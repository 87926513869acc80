-- What the tick did for a source.
select files, inserted, replaced, rejected, newest_at, status, reason
from raw.loads
where source = $source and as_of = $as_of;
