-- Rows that give way to a later row of the same file, in the form of raw.rejects; none yet.
create or replace temp table doubles (file_line bigint, reason varchar, row varchar);

-- Keys that more than one row of the file has.
create or replace temp table doubled_keys as
select keys(t) from typed t group by keys(t) having count(*) > 1;

select count(*) from doubled_keys;
