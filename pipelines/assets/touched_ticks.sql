-- Earlier ticks of which a message was handed over, held or dropped since the run began: their reports say so from now on.
select distinct as_of
from outbox.messages
where as_of < $as_of
    and (changed_at >= $began or message_key in (select message_key from delivery.sends where changed_at >= $began))
order by as_of;
