-- Earlier ticks of which a message was handed over, held or dropped since the run began: their reports say so from now on.
-- So do those touched since the tick before began: a run that was killed in between could not write them.
select distinct as_of
from outbox.messages
where as_of < $as_of
    and (
        changed_at >= least($began, (select max(started_at) from runs.ticks where as_of < $as_of))
        or message_key in (
            select message_key from delivery.sends
            where changed_at >= least($began, (select max(started_at) from runs.ticks where as_of < $as_of))
        )
    )
order by as_of;
