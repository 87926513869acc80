-- Every audience's size, who was kept out of it, what its platform was told in the tick and after it, and its last 30 sizes, oldest first.
select
    s.audience, s.members, s.no_consent, s.suppressed, s.unreachable, s.held_out, coalesce(f.adds, 0) as adds, coalesce(f.removes, 0) as removes,
    (select string_agg(cast(h.members as varchar), ',' order by h.as_of)
     from (
        select p.audience, p.as_of, p.members, row_number() over (partition by p.audience order by p.as_of desc) as place
        from audiences.sizes p where p.as_of <= $as_of
     ) h where h.audience = s.audience and h.place <= 30) as history
from audiences.sizes s
left join (
    select audience, cast(sum(case when action = 'adds' then lines else 0 end) as bigint) as adds, cast(sum(case when action = 'removes' then lines else 0 end) as bigint) as removes
    from audiences.files where as_of = $as_of group by audience
) f on f.audience = s.audience
where s.as_of = $as_of
order by s.audience;
