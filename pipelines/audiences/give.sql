-- What the platforms know once they have read the files.
delete from audiences.given
where audience in (select audience from audience_formats)
    and not exists (
        select 1 from audience_people p where p.audience = given.audience and p.member = given.member and p.fingerprint = given.fingerprint
    );

insert into audiences.given by name
select audience, member, kind, hash, fingerprint, $now as since
from audience_addresses
where audience in (select audience from audience_formats);
