-- Why messages that fell due were not sent, or wait.
select scenario, status, reason, count(*) as messages
from outbox.messages
where status <> 'to_send'
group by scenario, status, reason
order by scenario, messages desc, status, reason;
