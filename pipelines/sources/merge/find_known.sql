-- Rows whose key the table has already.
create or replace temp table known as
select t.rowid as row_id, i.rowid as new_id
from raw.target t
join typed i on same_key(t, i);
