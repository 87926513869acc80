-- Contract tables with a source that is late, missing or refused in this tick.
select contract, min(source), min(case status when 'missing' then 'no file' else coalesce(reason, status) end)
from raw.loads where as_of = $as_of and status <> 'fresh'
group by contract order by contract;
