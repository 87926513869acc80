-- Of the `resting` segments, those that the ticks before this one left built with the meaning they have now: with their
-- members, and whether an earlier try of this tick wrote something.
select r.segment, s.members, t.segment is not null as tried
from resting r
join (
    select segment, arg_max(members, as_of) as members, arg_max(status, as_of) as status
    from segments.sizes
    where as_of < $as_of
    group by segment
) s on s.segment = r.segment
join (
    select segment, arg_max(fingerprint, since) as fingerprint
    from segments.definitions
    where since < $as_of
    group by segment
) d on d.segment = r.segment and d.fingerprint = r.fingerprint
left join segments.sizes t on t.segment = r.segment and t.as_of = $as_of
where s.status = 'built'
order by r.segment;
