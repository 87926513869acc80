-- The next people of an audience whose addresses are to be brought into the form of their platform.
select member, fingerprint, email, phone, first_name, last_name, country, postcode
from audience_news where audience = $audience and place > $after and place <= $until
order by place;
