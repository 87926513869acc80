-- Somebody.
-- owner: team:crm
select
    contact_id,
    row_number() over () as place,
    string_agg(country, ',') as countries
from facts.contacts
group by all
