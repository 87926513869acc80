-- A contact to write a test for: whoever got the message last, else whoever came last.
select contact_id
from (
    select contact_id, 1 as choice, due_at as seen_at from outbox.messages where template = $message
    union all
    select contact_id, 2 as choice, created_at as seen_at from shop.contacts
) candidates
order by choice, seen_at desc nulls last, contact_id
limit 1;
