-- Answers that this tick was the first to see, and could not read as their attribute's type.
select attribute, count(*) as number
from facts.unread_answers
where loaded_at = as_of()
group by attribute
order by attribute;
