-- Rows that are all new, as loaded by this tick.
insert into raw.target by name
select contract_columns(i), $source as loaded_from, $as_of as loaded_at
from typed i
order by moment(i);
