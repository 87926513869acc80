-- What was refused of the file when it was read before: it is read anew.
delete from raw.rejects where source = $source and file = $file;

-- Rows that give way to a later row of the file, in the form of raw.rejects; none yet.
create or replace temp table doubles (file_line bigint, reason varchar, row varchar);
