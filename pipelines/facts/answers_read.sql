-- Contacts all of whose answers are read: what was read before of rows that were corrected, or dated later, may be gone.
create or replace temp table answers_anew as
select contact_id from raw.corrections where loaded_at > $previous and contract in (select name from answer_tables)
union
select contact_id from answers_restated where contact_id is not null;

-- Contacts whose line in the contacts file is read: those that are new or rewritten, and those above, who may fall back to it.
create or replace temp table file_read as
select contact_id from raw.contacts
where (created_at >= $loaded_after and created_at < as_of()) or loaded_at > $loaded_after or corrected_at > $loaded_after
union
select contact_id from answers_anew;

-- Answers that were not visible when facts were last counted, because they had not been given or had not been loaded, each
-- read from its stretch of the table; and what the contacts file says.
create or replace temp table answers_read as
select a.contact_id, a.attribute, a.said, a.value, a.answered_at, a.activity, a.activity_id, a.loaded_at
from answered a
where a.answered_at >= $loaded_after and not exists (select 1 from answers_anew n where n.contact_id = a.contact_id)
union all
select a.contact_id, a.attribute, a.said, a.value, a.answered_at, a.activity, a.activity_id, a.loaded_at
from answered a
where a.answered_at < $loaded_after and a.loaded_at > $loaded_after and not exists (select 1 from answers_anew n where n.contact_id = a.contact_id)
union all
select a.contact_id, a.attribute, a.said, a.value, a.answered_at, a.activity, a.activity_id, a.loaded_at
from answered a
where a.contact_id in (select contact_id from answers_anew)
union all
select f.contact_id, f.attribute, f.said, f.value, f.answered_at, f.activity, f.activity_id, f.loaded_at
from filed f
where f.contact_id in (select contact_id from file_read);
