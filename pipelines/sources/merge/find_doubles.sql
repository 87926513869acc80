-- Keys that more than one row of the file has.
create or replace temp table doubled_keys as
select keys(t) from typed t group by keys(t) having count(*) > 1;
