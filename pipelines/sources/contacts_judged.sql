-- What the libraries said: domains beyond ASCII, in the one form by which addresses are compared and hashed; domains that no mail can go
-- to; numbers of countries whose way to dial SQL does not know.
update addressed set email = load_email(split_part(t.email, '@', 1) || '@' || r.ascii)
from read_domains r, typed t
where t.rowid = addressed.row_id and addressed.email is null and r.domain = lower(split_part(t.email, '@', 2));

update addressed set email = null
where split_part(email, '@', 2) in (select domain from bad_domains);

update addressed set phone = r.phone
from read_numbers r, typed t
where t.rowid = addressed.row_id and addressed.phone is null and r.given = t.phone and r.country = addressed.country;

-- What was left out of a contact who is kept: one row each, for raw.rejects.
create or replace temp table notes as
with wrong as (
    select t.file_line, t.contact_id, 'email' as name, t.email as given from typed t join addressed a on a.row_id = t.rowid where t.email is not null and a.email is null
    union all
    select t.file_line, t.contact_id, 'phone', t.phone from typed t join addressed a on a.row_id = t.rowid where t.phone is not null and a.phone is null
    union all
    select t.file_line, t.contact_id, 'locale', t.locale from typed t join addressed a on a.row_id = t.rowid where t.locale is not null and a.locale is null
    union all
    select t.file_line, t.contact_id, 'country', t.country from typed t join addressed a on a.row_id = t.rowid where t.country is not null and a.country is null
    union all
    select t.file_line, t.contact_id, 'timezone', t.timezone from typed t join addressed a on a.row_id = t.rowid where t.timezone is not null and a.timezone is null
)
select file_line, 'invalid ' || name || ' `' || given || '`' || coalesce(
    ' (' || case when name = 'email' and regexp_matches(split_part(given, '@', 1), '[^\x00-\x7F]') then 'letters beyond ASCII before the @, which few mail servers take' else b.why end || ')', ''
) || ': the contact is kept without it' as reason, json_object('contact_id', contact_id, name, given) as row
from wrong
left join bad_domains b on name = 'email' and b.domain = lower(split_part(given, '@', 2));

-- The contacts themselves, so addressed.
update typed
set email = a.email, phone = a.phone, locale = a.locale, country = a.country, timezone = a.timezone
from addressed a
where a.row_id = typed.rowid;
