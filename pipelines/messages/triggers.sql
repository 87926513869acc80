-- What started the run that each message of to_render belongs to.
create or replace temp table render_triggers as
select
    r.message_key, r.template, r.contact_id, r.enrolment_id,
    e.activity, e.triggered_at, e.trigger_data
from to_render r
join journeys.enrolments e on e.enrolment_id = r.enrolment_id;
