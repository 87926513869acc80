-- Have their birthday today or within the next param birthday_days days, by the calendar of their own time zone. Who was
-- born on 29 February celebrates on the 28th in other years.
-- owner: team:crm
with zones as (
    select
        zone,
        cast(rl_add_seconds(as_of(), offset_seconds) as date) as today
    from calendar.zone_offsets
    where starts_at <= as_of() and ends_at > as_of()
),

birthdays_this_year as (
    select
        c.contact_id,
        c.birth_date,
        z.today,
        rl_anniversary(c.birth_date, year(z.today)) as this_year
    from facts.contacts as c
    inner join zones as z on c.timezone = z.zone
    where c.birth_date is not null
),

next_birthdays as (
    select
        contact_id,
        today,
        case when this_year >= today then this_year else rl_anniversary(birth_date, year(today) + 1) end as birthday_on
    from birthdays_this_year
)

select
    contact_id,
    birthday_on
from next_birthdays
where rl_days(today, birthday_on) <= param('birthday_days')
