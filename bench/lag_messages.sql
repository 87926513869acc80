-- The first message of each run that an activity began in these ticks, with how many seconds lay between the activity and the tick that let the message go.
select m.scenario, m.as_of, rl_seconds(e.triggered_at, m.as_of) as waited_seconds
from outbox.messages m
join journeys.enrolments e on e.enrolment_id = m.enrolment_id
where e.entered_as_of >= $first and e.activity is not null and m.status = 'to_send' and m.as_of = e.entered_as_of
order by m.scenario, m.as_of, m.message_key
