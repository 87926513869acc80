-- What the platform of an audience knows by a file of adds, each line a person of whom nobody can say who it is.
insert into audiences.given by name
select $audience as audience, rl_sha256($name || '|' || cast(line as varchar)) as member, kind, hash, '' as fingerprint, $now as since
from audience_told;
