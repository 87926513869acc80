-- What fell due in the latest ticks: sent, waiting, or the reason it was dropped for.
select
    m.as_of,
    case
        when m.status = 'dropped' then m.reason
        when m.message_key in (select message_key from delivery.sends where state = 'accepted') then 'sent'
        else 'waiting'
    end as what,
    count(*) as messages
from outbox.messages m
where m.as_of in (select as_of from runs.ticks where as_of <= $as_of order by as_of desc limit $ticks)
group by 1, 2
order by 1, 2;
