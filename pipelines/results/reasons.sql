-- What became of the messages that fell due in the tick, as it stands now: handed over, unknown, to send, or why not.
select
    m.scenario,
    case when s.state in ('accepted', 'unknown') then s.state else m.status end as status,
    case when s.state in ('accepted', 'unknown') then null else m.reason end as reason,
    count(*) as messages
from outbox.messages m
left join (
    select
        message_key, state,
        row_number() over (partition by message_key order by attempt desc, case state when 'claimed' then 0 when 'unknown' then 1 else 2 end desc) as place
    from delivery.sends
) s on s.message_key = m.message_key and s.place = 1
where m.as_of = $as_of
group by 1, 2, 3
order by 1, 2, 3;
