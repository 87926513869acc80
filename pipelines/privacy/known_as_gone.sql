-- Whether somebody of that id or address was forgotten before. An address was where its suppression has the instant of an erasure: one
-- that a list or a provider put in has another.
select 1
from delivery.forgotten f
left join delivery.suppressions s on s.since = f.since and s.channel = 'email' and s.reason = 'manual'
where f.kind = 'contact' and (f.hash = rl_sha256($asked) or s.address_hash = rl_sha256(lower($asked)))
limit 1;
