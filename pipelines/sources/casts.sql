-- How text becomes a value. Each macro gives null for what it cannot read, and `casting.py` then says so to a person.
-- Cells come without surrounding blanks: load_text is applied first.

-- Text; null when nothing but blanks is left. Looking before trimming halves the cost, and most cells need no trimming.
create or replace temp macro load_text(v) as
    case when v like ' %' or v like '% ' or v = '' then nullif(trim(v), '') else v end;

-- An identifier that a program wrote as a fraction: 12347.0 is 12347.
create or replace temp macro load_identifier(v) as
    case when v = floor(v) and abs(v) < 1e15 then cast(cast(v as bigint) as varchar) else cast(v as varchar) end;

-- A number in plain form: digits with a point, or groups of three digits set apart by a comma, an apostrophe or a space.
create or replace temp macro load_plain(v) as
    case
        when regexp_matches(v, '^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$') then v
        when regexp_matches(v, '^[+-]?[0-9]{1,3}([,''’ \x{00A0}\x{202F}][0-9]{3})+([.][0-9]+)?$') then regexp_replace(v, '[,''’ \x{00A0}\x{202F}]', '', 'g')
    end;

-- The same where `sign` may be a comma: comma and point change places, so that 12.50 is no number there and 1.234 is over a thousand.
create or replace temp macro load_number(v, sign) as
    load_plain(case when sign = ',' then translate(v, ',.', '.,') else v end);

-- A whole number; null for a fraction, which a plain cast would round.
create or replace temp macro load_whole(v) as
    case when try_cast(v as decimal(28, 6)) = floor(try_cast(v as decimal(28, 6))) then try_cast(try_cast(v as decimal(28, 6)) as bigint) end;

-- Yes or no, in the usual spellings.
create or replace temp macro load_boolean(v) as
    case
        when lower(v) in ('true', 't', 'yes', 'y', '1', 'on', 'oui', 'o', 'vrai', 'ja', 'si', 'sí') then true
        when lower(v) in ('false', 'f', 'no', 'n', '0', 'off', 'non', 'faux', 'nein') then false
    end;

-- A JSON object.
create or replace temp macro load_object(v) as
    case when json_type(try_cast(v as json)) = 'OBJECT' then try_cast(v as json) end;

-- A day in ISO form, 2026-03-01; a time after it is left out.
create or replace temp macro load_date(v) as
    case when regexp_matches(v, '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9:.]+Z?)?$') then try_cast(regexp_extract(v, '^[0-9-]+') as date) end;

-- A moment in ISO form without a zone, as the clock on the wall showed it.
create or replace temp macro load_local(v) as
    case when regexp_matches(v, '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?$') then try_cast(v as timestamp) end;

-- A moment in ISO form that carries its zone (Z, UTC, +02:00), in UTC. A cast straight to timestamp would drop the offset.
create or replace temp macro load_instant(v) as
    case
        when regexp_matches(v, '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)$')
        then cast(try_cast(replace(replace(replace(replace(replace(v, 'UTC', 'Z'), 'GMT', 'Z'), ' Z', 'Z'), ' +', '+'), ' -', '-') as timestamptz) as timestamp)
    end;

-- An e-mail address as it can be delivered to: letters of the ASCII alphabet, a domain with a dot. Narrower than RFC 5322 on purpose.
create or replace temp macro load_email(v) as
    case
        when length(v) <= 254
            and regexp_matches(lower(v), '^[a-z0-9_+&%''/=?^{|}~!#$*-]+([.][a-z0-9_+&%''/=?^{|}~!#$*-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+([a-z]{2,24}|xn--[a-z0-9-]{2,59})$')
            and length(split_part(v, '@', 1)) <= 64
        then lower(v)
    end;

-- A language, with or without a country: fr_FR.UTF-8 is fr-FR.
create or replace temp macro load_locale(v) as
    case
        when regexp_matches(v, '^[A-Za-z]{2,3}([_-][A-Za-z]{4})?([_-][A-Za-z]{2})?([.@].*)?$')
        then lower(regexp_extract(v, '^[A-Za-z]+')) || coalesce('-' || nullif(upper(regexp_extract(v, '[_-]([A-Za-z]{2})([.@]|$)', 1)), ''), '')
    end;

-- An ISO 3166 code of two letters; UK and EL are what public bodies write for GB and GR.
create or replace temp macro load_country(v) as
    case upper(v) when 'UK' then 'GB' when 'EL' then 'GR' else case when regexp_matches(v, '^[A-Za-z]{2}$') then upper(v) end end;

-- A telephone number without what people put between its digits.
create or replace temp macro load_digits(v) as
    regexp_replace(replace(v, '(0)', ''), '[ ()./\x{00A0}\x{202F}-]', '', 'g');

-- A telephone number in international form. `code` is the calling code of the contact's country, `trunk` what is dialled before a
-- number inside that country; both null where the country is not known.
create or replace temp macro load_phone(v, code, trunk) as
    nullif(regexp_extract(
        case
            when starts_with(load_digits(v), '+') then load_digits(v)
            when starts_with(load_digits(v), '00') then '+' || substr(load_digits(v), 3)
            when trunk <> '' and starts_with(load_digits(v), trunk) then '+' || code || substr(load_digits(v), length(trunk) + 1)
            else '+' || code || load_digits(v)
        end,
        '^[+][1-9][0-9]{7,14}$'
    ), '');
