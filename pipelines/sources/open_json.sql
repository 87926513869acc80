-- The objects of a JSON lines file, and the lines that are none.
create or replace temp table objects as
select file_line, line from source_rows where coalesce(json_type(try_cast(line as json)) = 'OBJECT', false);

insert into torn
select file_line, 'is not a JSON object', line from source_rows where coalesce(json_type(try_cast(line as json)) <> 'OBJECT', true);

-- Every key of the file, in order of the alphabet.
select distinct unnest(json_keys(line)) as key from objects order by key;
