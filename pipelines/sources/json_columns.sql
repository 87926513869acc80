-- One text column a key; an object or a list inside stays JSON.
create or replace temp table object_rows as
select file_line, unnest(json_transform(line, $structure)) from objects;

create or replace temp view source_rows as
select * from object_rows;
