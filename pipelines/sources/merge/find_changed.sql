-- Those whose values are others now. `own` marks a row that this file itself brought before; `counted` one that an earlier tick has
-- counted and that differs in more than a milestone.
create or replace temp table changed as
select
    k.row_id, k.new_id, t.loaded_at, t.corrected_at, k.row_id > $before as own,
    t.loaded_at < $as_of and counted_different(t, i) as counted
from known k
join raw.target t on t.rowid = k.row_id
join typed i on i.rowid = k.new_id
where any_different(t, i);

-- Identical rows need not be written.
delete from typed where rowid in (select new_id from known where new_id not in (select new_id from changed));

select count(*) filter (not own) as other, count(*) filter (own) as own, (select count(*) from known) - count(*) as identical from changed;
