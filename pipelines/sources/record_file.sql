-- What became of a file, in place of what was known of it before.
delete from raw.files where source = $source and file = $file;

insert into raw.files by name
select
    $source as source, $file as file, $fingerprint as fingerprint, $status as status, $rows as rows, $rejected as rejected, $reason as reason,
    $as_of as loaded_at, $modified_ns as modified_ns;

-- The tick's row of the source, and the file's part in it.
insert into raw.loads by name
select $source as source, $contract as contract, $as_of as as_of, 0 as files, 0 as inserted, 0 as replaced, 0 as rejected, 'fresh' as status
where not exists (select 1 from raw.loads where source = $source and as_of = $as_of);

update raw.loads
set files = files + 1, inserted = inserted + $inserted, replaced = replaced + $replaced, rejected = rejected + $rejected
where source = $source and as_of = $as_of;
