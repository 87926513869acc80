-- The next people of a file of adds.
select email, phone, first_name, last_name, country, postcode
from audience_joining where audience = $audience and line > $after and line <= $until
order by line;
