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
select n.audience, n.kind, n.hash, n.member, row_number() over (partition by n.audience order by n.kind, n.hash) as place
from (
    select audience, kind, hash, min(member) as member
    from audience_addresses a
    where not exists (select 1 from audiences.given g where g.audience = a.audience and g.kind = a.kind and g.hash = a.hash)
    group by audience, kind, hash
) n;

-- Addresses that were given together with one that is taken out.
create or replace temp table audience_loosened as
select distinct g.audience, g.kind, g.hash
from audiences.given g
join audiences.given o on o.audience = g.audience and o.member = g.member
join audience_leaving l on l.audience = o.audience and l.kind = o.kind and l.hash = o.hash;

-- People to add: they bring a new address, or keep one while another is taken out, by which the platform may have known them.
create or replace temp table audience_joining as
select n.*, row_number() over (partition by n.audience order by n.member) as line
from audience_news n
where exists (select 1 from audience_new a where a.audience = n.audience and a.member = n.member)
    or exists (
        select 1 from audience_addresses a
        join audience_loosened l on l.audience = a.audience and l.kind = a.kind and l.hash = a.hash
        where a.audience = n.audience and a.member = n.member
    );
