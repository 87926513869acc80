-- The messages that fell due in the tick, by scenario and by what was decided.
select scenario, status, reason, count(*) as messages
from outbox.messages
where as_of = $as_of
group by scenario, status, reason
order by scenario, messages desc, status, reason;
