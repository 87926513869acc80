-- How many members a segment has, where the ticks before this one left it built with the meaning it has now.
select s.members
from (
    select arg_max(members, as_of) as members, arg_max(status, as_of) as status
    from segments.sizes
    where segment = $segment and as_of < $as_of
) s
join (
    select arg_max(fingerprint, since) as fingerprint
    from segments.definitions
    where segment = $segment and since < $as_of
) d on d.fingerprint = $fingerprint
where s.status = 'built';
