-- The hashed addresses of those who leave, by audience: what its platform was given of them, and what it would be given. Lines of files that
-- were taken over after a restored backup do not say whose they are: one that is no contact's counts as theirs. `shared`: somebody else in
-- the audience has it too. Rows of audiences.given stay, hashes as they are, until the platform is asked to take them out.
select
    t.audience, t.hash,
    bool_or(g.member is not null and s.member is null) as given,
    bool_or(t.shared or s.member is not null) as shared
from (
    select audience, hash, shared from leaving_hashes
    union
    select audience, hash, false as shared from audiences.given where member in (select rl_sha256(contact_id) from leaving)
) t
left join audiences.given g on g.audience = t.audience and g.hash = t.hash
left join (
    select rl_sha256(contact_id) as member from raw.contacts where contact_id not in (select contact_id from leaving)
) s on s.member = g.member
group by t.audience, t.hash
order by t.audience, t.hash;
