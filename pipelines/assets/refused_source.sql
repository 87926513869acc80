-- A source of which nothing could be read in the tick, because its mapping is wrong.
insert into raw.loads by name
select $source as source, $contract as contract, $as_of as as_of, 0 as files, 0 as inserted, 0 as replaced, 0 as rejected, 'refused' as status
where not exists (select 1 from raw.loads where source = $source and as_of = $as_of);

update raw.loads set status = 'refused', reason = $reason where source = $source and as_of = $as_of;
