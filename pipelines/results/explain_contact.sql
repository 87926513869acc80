-- The contact that an id or an e-mail address names.
select contact_id, email, phone, country, locale, timezone, created_at
from shop.contacts
where contact_id = $asked or email = lower($asked)
order by case when contact_id = $asked then 0 else 1 end, contact_id
limit 1;
