-- The records of a text file, all of them text, with the line of the file each began on.
create or replace temp table text_rows as
select * from read_csv(
    $rows, auto_detect = false, header = false, delim = $delimiter, quote = $quote, escape = $quote, columns = $columns, max_line_size = 2000000
);

create or replace temp view source_rows as
select * from text_rows;

-- The lines that are no record.
create or replace temp table torn as
select * from read_csv(
    $torn, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', max_line_size = 2000000,
    columns = {'file_line': 'BIGINT', 'reason': 'VARCHAR', 'row': 'VARCHAR'}
);
