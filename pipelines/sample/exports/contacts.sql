-- Contacts who came in the stretch, and on a demo day those who completed their profile. Some lack an address, a
-- telephone, a birth date, a zone; one in a hundred shares the address of somebody who came just before. Telephone
-- numbers begin like those kept for films and are too long to ring. One birthday in two hundred is 29 February.
create or replace temp table export as
with chosen as (
    select p.*, dice('profile', p.no) as h, $demo_at + to_seconds(cast(365 * 86400 * part(dice('profile', p.no), 1) as bigint)) as completed_at
    from people p
    where p.created_at < $closes_at and (p.created_at >= $opens_at or ($daily and part(dice('profile', p.no), 0) < 0.3))
),
kept as (
    select *, dice('birth', no) as b,
        case when no > 9 and part(dice('shared', no), 0) < 0.01 then no - 1 - cast(floor(8 * part(dice('shared', no), 1)) as bigint) else no end as mail_no,
        part(h, 0) < 0.3 and not has_phone and created_at < completed_at as completes
    from chosen
    where created_at >= $opens_at or (not has_phone and completed_at >= $opens_at and completed_at < $closes_at)
)
select
    k.contact_id,
    case when k.has_email then
        translate(lower(strip_accents(given_name(k.mail_no, m.given) || '.' || family_name(k.mail_no, m.family))), 'ßø '' ', 'so') || '.' || k.mail_no || '@'
        || ['courrier', 'mail', 'webmail', 'boite', 'inbox', 'post'][1 + k.mail_no % 6] || '.example' end as email,
    case when k.has_phone or (k.completes and k.completed_at < $known_at) then
        case k.country when 'GB' then '+44770090' when 'BE' then '+3246000' when 'IE' then '+35320910' when 'CA' then '+1604555' when 'US' then '+1212555'
            else '+3363998' end || lpad(cast(k.no as varchar), 7, '0') end as phone,
    case when part(k.h, 2) >= 0.03 then given_name(k.no, n.given) end as first_name,
    case when part(k.h, 2) >= 0.02 then family_name(k.no, n.family) end as last_name,
    case when part(k.b, 0) < 0.22 then null
         when part(k.b, 1) < 0.005 then make_date(1948 + 4 * cast(floor(15 * part(k.b, 2)) as bigint), 2, 29)
         else cast(date '2007-06-01' - cast(floor(365.25 * 62 * part(k.b, 2) * (0.5 + 0.5 * part(k.b, 3))) as integer) as date) end as birth_date,
    case when part(k.h, 3) >= 0.03 then k.locale end as locale,
    k.country,
    case when part(k.h, 3) < 0.93 then k.zone end as timezone,
    k.created_at,
    cast(json_object('origin', k.origin, 'loyalty_card', k.orders > 3, 'home', ['flat', 'house', 'house with garden'][1 + k.no % 3]) as json) as attributes
from kept k
join names n on n.lang = substr(k.locale, 1, 2)
join people p on p.no = k.mail_no
join names m on m.lang = substr(p.locale, 1, 2)
order by k.created_at, k.no;
