-- The latest sizes of an audience up to a tick, oldest first, with what its platform was told in and after each.
select s.as_of, s.members, s.no_consent, s.suppressed, s.unreachable, s.held_out,
    coalesce(f.adds, 0) as adds, coalesce(f.removes, 0) as removes
from audiences.sizes s
left join (
    select as_of, cast(sum(case when action = 'adds' then lines else 0 end) as bigint) as adds, cast(sum(case when action = 'removes' then lines else 0 end) as bigint) as removes
    from audiences.files where audience = $audience group by as_of
) f on f.as_of = s.as_of
where s.audience = $audience and s.as_of <= $as_of
qualify row_number() over (order by s.as_of desc) <= $limit
order by s.as_of;
