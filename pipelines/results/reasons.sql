-- What became of the messages that fell due in the tick, as it stands now: handed over, to send, or why not.
select
    m.scenario,
    case when d.message_key is not null then 'accepted' when u.message_key is not null then 'unknown' else m.status end as status,
    case when d.message_key is null and u.message_key is null then m.reason end as reason,
    count(*) as messages
from outbox.messages m
left join (select distinct message_key from delivery.sends where state = 'accepted') d on d.message_key = m.message_key
left join (select distinct message_key from delivery.sends where state = 'unknown') u on u.message_key = m.message_key and d.message_key is null
where m.as_of = $as_of
group by 1, 2, 3
order by 1, 2, 3;
