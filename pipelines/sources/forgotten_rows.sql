-- Rows of a file about people who were forgotten: they are passed over, and leave no trace.
delete from typed where contact_id in (
    select contact_id from (select distinct contact_id from typed where contact_id is not null) c
    where rl_sha256(contact_id) in (select hash from delivery.forgotten where kind = 'contact')
);
