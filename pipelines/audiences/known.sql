-- The number of the last file of an audience, and the lines of all.
select coalesce(max(number), 0) as number, cast(coalesce(sum(lines), 0) as bigint) as lines
from audiences.files where audience = $audience;
