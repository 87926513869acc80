-- Messages of the tick that are to go and were not handed over yet, although nobody may write to their address any more. An
-- opt-in given later lifts an unsubscription; a transactional message minds hard bounces and manual entries only.
select count(*)
from (
    select *, rl_sha256(address) as address_hash, true as own from outbox.messages
    union all
    select *, rl_sha256(contact_id), false from outbox.messages where channel = 'push'
) m
join delivery.suppressions s on s.channel = m.channel and s.address_hash = m.address_hash
where m.as_of = $as_of and m.status = 'to_send'
    and m.message_key not in (select message_key from delivery.sends)
    and (s.reason in ('hard_bounce', 'manual') or m.category = 'marketing') and (m.own or s.reason <> 'hard_bounce')
    and not (
        s.reason = 'unsubscribed'
        and exists (
            select 1 from shop.consents c
            where c.contact_id = m.contact_id and c.channel = m.channel and c.topic in (m.topic, 'all')
                and c.granted and c.basis = 'opt_in' and c.occurred_at > s.since
        )
    );
