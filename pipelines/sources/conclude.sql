-- The tick's row of the source where no file was read, and how fresh the source is.
insert into raw.loads by name
select $source as source, $contract as contract, $as_of as as_of, 0 as files, 0 as inserted, 0 as replaced, 0 as rejected, 'fresh' as status
where not exists (select 1 from raw.loads where source = $source and as_of = $as_of);

update raw.loads
set newest_at = $newest_at, status = $status, reason = $reason
where source = $source and as_of = $as_of;

select source, contract, files, inserted, replaced, rejected, newest_at, status, reason
from raw.loads
where source = $source and as_of = $as_of;
