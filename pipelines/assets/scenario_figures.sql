-- The latest figures of every scenario up to the tick, oldest first.
select scenario, as_of, entered, refused, ended, converted, in_flight, due, to_send, held, dropped, state
from (
    select f.*, row_number() over (partition by scenario order by as_of desc) as place
    from results.scenarios f
    where as_of <= $as_of
) recent
where place <= $limit
order by scenario, as_of;
