-- Attempts of a journal that the ledger does not know.
select j.message_key, j.attempt
from journaled j
where not exists (select 1 from delivery.sends s where s.message_key = j.message_key and s.attempt = j.attempt);
