SELECT
  e.enrolment_id AS message_key,
  :message AS template,
  e.contact_id,
  e.enrolment_id,
  e.activity,
  e.triggered_at,
  e.trigger_data
FROM journeys.enrolments AS e
WHERE
  e.entered_at >= (
    CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, (
      -7776000
    ))
  )
  AND e.scenario IN (
    SELECT
      scenario
    FROM journeys.nodes
    WHERE
      kind = 'send' AND message = :message
  );
