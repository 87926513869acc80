SELECT
  m.scenario,
  m.from_version,
  m.from_step,
  m.to_version,
  m.to_step,
  COUNT(*) AS people
FROM journeys.moves AS m
LEFT JOIN moves_before AS b
  ON b.enrolment_id = m.enrolment_id AND b.to_version = m.to_version
WHERE
  b.enrolment_id IS NULL
GROUP BY
  m.scenario,
  m.from_version,
  m.from_step,
  m.to_version,
  m.to_step
ORDER BY
  m.scenario NULLS LAST,
  m.from_version NULLS LAST,
  m.from_step NULLS LAST;
