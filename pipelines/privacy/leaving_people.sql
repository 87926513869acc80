-- What platforms would know those who leave by.
select coalesce(email, '') as email, coalesce(phone, '') as phone, coalesce(country, '') as country
from leaving
order by contact_id;
