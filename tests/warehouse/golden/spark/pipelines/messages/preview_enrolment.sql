SELECT
  e.enrolment_id,
  e.activity,
  e.triggered_at,
  e.trigger_data,
  e.scenario
FROM journeys.enrolments AS e
WHERE
  e.contact_id = :contact_id
  AND e.scenario IN (
    SELECT
      scenario
    FROM journeys.nodes
    WHERE
      kind = 'send' AND message = :message
  )
ORDER BY
  e.entered_at DESC,
  e.enrolment_id NULLS LAST
LIMIT 1;
