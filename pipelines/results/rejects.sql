-- Why rows were refused in the tick, most frequent first; numbers in a reason do not split it.
select source, regexp_replace(reason, '`[^`]*`', '`…`', 'g') as reason, count(*) as rows, min(file) as file, min(line) as line
from raw.rejects where loaded_at = $as_of
group by 1, 2 order by rows desc, source, reason;
