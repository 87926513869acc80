-- An empty table of triggers, for the one of a preview.
create or replace temp table render_triggers (
    message_key varchar, contact_id varchar, enrolment_id varchar, activity varchar, triggered_at timestamp, trigger_data json
);
