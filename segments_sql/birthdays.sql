-- Have their birthday today or within the next param birthday_days days. Who was born on 29 February celebrates on the
-- 28th in other years. "Today" is the day of the tick in UTC; the message itself leaves on the contact's own day.
-- owner: team:crm
with birthdays_this_year as (
    select
        contact_id,
        birth_date,
        cast(as_of() as date) as today,
        rl_anniversary(birth_date, year(as_of())) as this_year
    from facts.contacts
    where birth_date is not null
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
