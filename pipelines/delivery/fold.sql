-- Outcomes of the journal that the ledger lacks.
insert into delivery.sends by name
select j.message_key, j.sender, j.attempt, j.state, j.changed_at, j.provider_message_id, j.error, j.retry_at
from journal j
where not exists (
    select 1 from delivery.sends s
    where s.message_key = j.message_key and s.attempt = j.attempt and s.state = j.state
);
