-- Rows under such a key, the last of the file first; without lines, in the order of what they say, so that every run keeps the same one.
create or replace temp table ranked as
select t.rowid as row_id, row_number() over (partition by keys(t) order by t.file_line desc nulls last, contract_columns(t)) as place, t.file_line, contract_columns(t)
from typed t
join doubled_keys d on same_key(t, d);

-- Those that say something else than the one that is kept.
insert into doubles
select r.file_line, 'duplicate key ' || key_text(r) || coalesce(': line ' || cast(k.file_line as varchar) || ' is kept', ': another row of the file is kept'), row_text(r)
from ranked r
join ranked k on same_key(r, k) and k.place = 1
where r.place > 1 and any_different(r, k);

delete from typed where rowid in (select row_id from ranked where place > 1);
