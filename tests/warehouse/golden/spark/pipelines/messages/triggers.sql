SELECT
  r.message_key,
  r.template,
  r.contact_id,
  r.enrolment_id,
  e.activity,
  e.triggered_at,
  e.trigger_data
FROM to_render AS r
JOIN journeys.enrolments AS e
  ON e.enrolment_id = r.enrolment_id;
