-- The files that were decided and do not stand under their names yet, each with the lines of all up to it.
select u.number, u.name, cast(sum(f.lines) as bigint) as lines
from audiences.files u
join audiences.files f on f.audience = u.audience and f.number <= u.number
where u.audience = $audience and not u.written
group by u.number, u.name
order by u.number;
