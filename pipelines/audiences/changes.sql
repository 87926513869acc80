-- What is known of every member, and its fingerprint.
create or replace temp table audience_people as
select p.*, rl_sha256(p.platform || '|' || p.email || '|' || p.phone || '|' || p.first_name || '|' || p.last_name || '|' || p.country || '|' || p.postcode) as fingerprint
from (
    select
        m.audience, rl_sha256(m.contact_id) as member, f.platform,
        coalesce(c.email, '') as email, coalesce(c.phone, '') as phone, coalesce(c.first_name, '') as first_name, coalesce(c.last_name, '') as last_name,
        coalesce(c.country, '') as country, coalesce(rl_json(c.attributes, nullif(f.postcode, '')), '') as postcode
    from audiences.members m
    join audience_formats f on f.audience = m.audience
    join shop.contacts c on c.contact_id = m.contact_id
) p;

-- Those of whom their platform knows nothing, or something else, numbered for being read in parts.
create or replace temp table audience_news as
select p.*, row_number() over (partition by p.audience order by p.member) as place
from audience_people p
where not exists (
    select 1 from audiences.given g where g.audience = p.audience and g.member = p.member and g.fingerprint = p.fingerprint
);

-- Their addresses as their platform wants them: nobody's yet.
create or replace temp table audience_addresses (audience varchar, member varchar, kind varchar, hash varchar, fingerprint varchar);
