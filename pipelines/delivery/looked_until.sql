-- From when on exits of waiting messages are looked for: the last tick has seen what was before it, but not for runs that
-- were complete by then; and from when on what was loaded late matters, since the earliest of their triggers.
select
    least(
        coalesce((select max(as_of) from runs.ticks where status = 'committed'), $now),
        coalesce(min(d.as_of), $now)
    ) as since,
    coalesce(min(e.triggered_at), $now) as late_since
from waiting w
join journeys.enrolments e on e.enrolment_id = w.enrolment_id
left join journeys.endings d on d.enrolment_id = w.enrolment_id and d.outcome = 'completed';
