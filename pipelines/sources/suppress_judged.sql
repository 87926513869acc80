-- What the libraries said.
update listed set address = load_email(split_part(kept, '@', 1) || '@' || d.ascii)
from read_domains d where listed.address is null and d.domain = lower(split_part(listed.kept, '@', 2));

update listed set address = coalesce(r.phone, load_phone(u.given, cast(null as varchar), ''))
from unread u
left join read_numbers r on r.given = u.given
where u.kept = listed.kept;

-- Pushes to a browser go to three things, of which a list may name the first.
update listed set address = p.endpoint || ' ' || p.p256dh || ' ' || p.auth
from raw.push_subscriptions p where $channel = 'push' and p.endpoint = listed.address and p.p256dh is not null;

update listed set address_hash = rl_sha256(address) where address_hash is null;
