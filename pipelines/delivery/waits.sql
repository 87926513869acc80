-- What waits at $now, by channel and reason: how many messages, when the first of them goes where that is known, and what is said of it.
-- Without a reason it goes with the next pass.
select channel, reason, count(*) as messages, min(goes_at) as goes_at, min(detail) as detail
from (
    select
        m.channel,
        case when l.state = 'unknown' then 'unknown' when l.retry_at > $now then 'sender_retry' else m.reason end as reason,
        case when l.state = 'unknown' then null when l.retry_at > $now then l.retry_at when m.not_before > $now then m.not_before end as goes_at,
        case when l.state is null or l.retry_at <= $now then m.detail else l.error end as detail
    from outbox.messages m
    left join (
        select message_key, state, retry_at, error from delivery.sends
        where message_key in (select message_key from outbox.messages where status in ('to_send', 'held') and expires_at > $now)
        qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
    ) l on l.message_key = m.message_key
    where m.status in ('to_send', 'held') and m.expires_at > $now and coalesce(l.state, 'retry') in ('retry', 'unknown')
) w
group by channel, reason
order by channel, messages desc, reason;
