-- Contacts whose values this tick was the first to meet, and for whom it could not answer a `where:`.
select scenario, question, count(*) as number
from journeys.unread_values
where as_of = $as_of
group by scenario, question
order by scenario, question;
