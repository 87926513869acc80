-- Gave a low score in the last param service_call_days days: the list that the service team calls from. The scenario
-- satisfaction puts the tag on.
-- owner: team:service
-- refresh: daily
select
    t.contact_id,
    max(t.added_at) as told_at
from shop.contact_tags as t
inner join facts.contacts as c on t.contact_id = c.contact_id
where t.tag = 'detractor'
    and t.removed_at is null
    and rl_days(t.added_at, as_of()) < param('service_call_days')
group by t.contact_id
