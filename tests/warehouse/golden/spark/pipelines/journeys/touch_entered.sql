SELECT
  p.enrolment_id,
  p.scenario,
  p.version,
  p.contact_id,
  p.node,
  p.reached_at,
  p.entered_at,
  p.entry_key,
  p.trigger_key,
  p.triggered_at,
  p.activity,
  p.ghost,
  p.variant,
  COALESCE(f.timezone, :zone) AS zone
FROM journeys.positions AS p
JOIN entered AS e
  ON e.enrolment_id = p.enrolment_id
LEFT JOIN people AS f
  ON f.contact_id = p.contact_id;
