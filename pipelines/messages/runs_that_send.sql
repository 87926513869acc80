-- The triggers of the runs of the last ninety days whose scenario sends a message, as if each sent it now.
create or replace temp table render_triggers as
select e.enrolment_id as message_key, $message as template, e.contact_id, e.enrolment_id, e.activity, e.triggered_at, e.trigger_data
from journeys.enrolments e
where e.entered_at >= rl_add_seconds(as_of(), -7776000)
  and e.scenario in (select scenario from journeys.nodes where kind = 'send' and message = $message);
