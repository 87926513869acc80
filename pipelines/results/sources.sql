-- What the load of the tick did, per source.
select source, contract, files, inserted, replaced, rejected, newest_at, status, reason
from raw.loads where as_of = $as_of
order by source;
