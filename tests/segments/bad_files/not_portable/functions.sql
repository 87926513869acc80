-- Somebody.
-- owner: team:crm
select
    contact_id,
    list(locale) as locales
from facts.contacts
where date_diff('day', last_order_at, as_of()) > 90
    and dayofweek(last_order_at) = 0
    and hash(contact_id) % 2 = 0
    and log(order_count) > 2
    and upperr(country) = 1
    and regexp_replace(email, '@.*', '') = 'info'
group by contact_id
