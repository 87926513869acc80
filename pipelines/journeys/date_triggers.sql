-- Scenarios that begin before or after a date that a row carries.
select l.scenario, l.source, l.query, l.offset_days, l.max_age_seconds, l.looked_ahead, l.looked_until
from live l
where l.enters and l.kind = 'date'
order by l.scenario;
