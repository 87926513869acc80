-- The rows of a Parquet file, in the file's own types, numbered from 1. Only what is asked for is read, row group by row group.
create or replace temp view source_rows as
select * exclude (file_row_number), file_row_number + 1 as file_line from read_parquet(getvariable('source_file'), file_row_number = true);

create or replace temp table torn (file_line bigint, reason varchar, row varchar);
