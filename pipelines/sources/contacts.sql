-- Calling code and trunk prefix of the countries whose national numbers can be made international (ITU E.164, 2025).
create or replace temp table calling_codes as
select * from (values
    ('AT', '43', '0'), ('BE', '32', '0'), ('BG', '359', '0'), ('CA', '1', '1'), ('CH', '41', '0'), ('CY', '357', ''), ('CZ', '420', ''), ('DE', '49', '0'),
    ('DK', '45', ''), ('EE', '372', ''), ('ES', '34', ''), ('FI', '358', '0'), ('FR', '33', '0'), ('GB', '44', '0'), ('GR', '30', ''), ('HR', '385', '0'),
    ('HU', '36', '06'), ('IE', '353', '0'), ('IS', '354', ''), ('IT', '39', ''), ('LT', '370', '0'), ('LU', '352', ''), ('LV', '371', ''), ('MC', '377', ''),
    ('MT', '356', ''), ('MX', '52', ''), ('NL', '31', '0'), ('NO', '47', ''), ('PL', '48', ''), ('PT', '351', ''), ('RO', '40', '0'), ('SE', '46', '0'),
    ('SI', '386', '0'), ('SK', '421', '0'), ('US', '1', '1')
) as t (country, code, trunk);

-- The contacts of `typed` with addresses in one form each; what cannot be one is null.
create or replace temp table addressed as
select
    t.rowid as row_id,
    load_email(t.email) as email,
    load_phone(t.phone, c.code, c.trunk) as phone,
    load_locale(t.locale) as locale,
    load_country(t.country) as country,
    case when z.zone is not null then t.timezone end as timezone
from typed t
left join calling_codes c on c.country = load_country(t.country)
left join (select unnest($zones) as zone) z on z.zone = t.timezone;

-- What the libraries are asked about: domains, those beyond ASCII as they are written, and numbers.
create or replace temp table domains as
select distinct split_part(email, '@', 2) as domain from addressed where email is not null
union
select distinct lower(split_part(t.email, '@', 2)) from typed t join addressed a on a.row_id = t.rowid
where a.email is null and regexp_matches(t.email, '@.*[^\x00-\x7F]');

create or replace temp table unread as
select distinct t.phone as given, a.country
from typed t
join addressed a on a.row_id = t.rowid
where t.phone is not null and a.phone is null and a.country is not null;
