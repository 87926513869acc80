-- The addresses a platform has to know from now on: of those it knows all about already, and of the others as they are now.
create or replace temp table audience_standing as
select a.audience, a.kind, a.hash
from audience_addresses a
union
select g.audience, g.kind, g.hash
from audiences.given g
join audience_people p on p.audience = g.audience and p.member = g.member and p.fingerprint = g.fingerprint;

-- Addresses to take out: nobody in the audience has them any more. One that two people share stays while one of them does.
create or replace temp table audience_leaving as
select l.audience, l.kind, l.hash, row_number() over (partition by l.audience order by l.kind, l.hash) as place
from (
    select distinct g.audience, g.kind, g.hash
    from audiences.given g
    join audience_formats f on f.audience = g.audience
    where not exists (select 1 from audience_standing s where s.audience = g.audience and s.kind = g.kind and s.hash = g.hash)
) l;

-- New addresses, each with the one person of the audience who brings it.
create or replace temp table audience_new as
select audience, kind, hash, min(member) as member
from audience_addresses a
where not exists (select 1 from audiences.given g where g.audience = a.audience and g.kind = a.kind and g.hash = a.hash)
group by audience, kind, hash;

-- People to add: they bring a new address, or keep one while another is taken out, by which the platform may have known them.
create or replace temp table audience_joining as
select n.*, row_number() over (partition by n.audience order by n.member) as line
from audience_news n
where exists (select 1 from audience_new a where a.audience = n.audience and a.member = n.member)
    or (
        exists (select 1 from audience_addresses a where a.audience = n.audience and a.member = n.member)
        and exists (
            select 1 from audiences.given g
            join audience_leaving l on l.audience = g.audience and l.kind = g.kind and l.hash = g.hash
            where g.audience = n.audience and g.member = n.member
        )
    );
