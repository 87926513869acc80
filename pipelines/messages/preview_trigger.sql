-- The one trigger of a preview.
create or replace temp table render_triggers as
select
    'preview' as message_key, $message as template, $contact_id as contact_id, cast($enrolment_id as varchar) as enrolment_id, cast($activity as varchar) as activity,
    cast($triggered_at as timestamp) as triggered_at, cast($trigger_data as json) as trigger_data;
