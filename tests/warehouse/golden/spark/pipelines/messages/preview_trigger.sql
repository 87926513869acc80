SELECT
  'preview' AS message_key,
  :message AS template,
  :contact_id AS contact_id,
  CAST(:enrolment_id AS STRING) AS enrolment_id,
  CAST(:activity AS STRING) AS activity,
  CAST(:triggered_at AS TIMESTAMP_NTZ) AS triggered_at,
  CAST(:trigger_data AS STRING) AS trigger_data;
