-- Contacts whom a message may reach and who are in no scenario yet, in a fixed order.
select f.contact_id
from facts.contacts f
where f.email is not null and f.order_count > 0
    and not exists (select 1 from journeys.enrolments e where e.contact_id = f.contact_id)
    and not exists (select 1 from delivery.suppressions s where s.address_hash = rl_sha256(f.email))
    and exists (select 1 from shop.consents c where c.contact_id = f.contact_id and c.channel = 'email' and c.granted)
order by f.contact_id
