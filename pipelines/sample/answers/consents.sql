-- Whoever leaves takes back their consent for the topic, one in two for everything.
create or replace temp table export as
select contact_id, channel, case when part(d, 3) < 0.5 then 'all' else topic end as topic, 'opt_in' as basis, false as granted,
    clicked_at as occurred_at, 'unsubscribe link' as proof
from replies
where bounced is null and leaves
qualify row_number() over (partition by contact_id, channel, case when part(d, 3) < 0.5 then 'all' else topic end, clicked_at order by message_key) = 1
order by clicked_at, contact_id;
