-- Rows of the file that a later part of it replaces: their lines are no longer known.
insert into doubles
select cast(null as bigint), 'duplicate key ' || key_text(t) || ': a later row of the file is kept', row_text(t)
from raw.target t
join changed c on c.row_id = t.rowid
where c.own;

-- What was counted before and what counts from now on.
create or replace temp table corrected as
select contract_columns(t) from raw.target t join changed c on c.row_id = t.rowid where c.counted
union all
select contract_columns(i) from typed i join changed c on c.new_id = i.rowid where c.counted;

delete from raw.target where rowid in (select row_id from changed);
