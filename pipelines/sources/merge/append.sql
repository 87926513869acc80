-- New rows as loaded by this tick; corrected ones keep the tick that brought them first. A row that no earlier tick has seen is not corrected.
insert into raw.target by name
select
    contract_columns(i), $source as loaded_from, coalesce(c.loaded_at, $as_of) as loaded_at,
    case when c.loaded_at < $as_of then $as_of else c.corrected_at end as corrected_at
from typed i
left join changed c on c.new_id = i.rowid
order by moment(i);
