-- We said goodbye (the scenarios sunset and falling_activity put the tag on) and they have not come by, clicked or ordered since: no
-- promotion goes to them. Whoever comes back is out of it by themselves.
-- owner: crm@shop.example
select t.contact_id
from shop.contact_tags as t
inner join facts.contacts as c on t.contact_id = c.contact_id
where t.tag = 'sunset'
    and t.removed_at is null
group by t.contact_id
having max(t.added_at) >= coalesce(max(greatest(c.last_session_at, c.last_click_at, c.last_order_at)), timestamp '1900-01-01')
