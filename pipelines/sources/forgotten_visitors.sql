-- Rows of a file about browsers of people who were forgotten, as long as nobody else is known to use them.
delete from typed where contact_id is null and visitor_id in (
    select visitor_id from (select distinct visitor_id from typed where visitor_id is not null) v
    where rl_sha256(visitor_id) in (select hash from delivery.forgotten where kind = 'visitor')
);
