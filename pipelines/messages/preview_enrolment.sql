-- The contact's latest run of a scenario that sends the message.
select e.enrolment_id, e.activity, e.triggered_at, e.trigger_data, e.scenario
from journeys.enrolments e
where e.contact_id = $contact_id and e.scenario in (select scenario from journeys.nodes where kind = 'send' and message = $message)
order by e.entered_at desc, e.enrolment_id
limit 1;
