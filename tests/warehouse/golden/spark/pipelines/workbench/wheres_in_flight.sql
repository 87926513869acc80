SELECT
  c.scenario,
  c.query,
  t.kind,
  COALESCE(t.activities, '') AS activities,
  t.source,
  COUNT(DISTINCT p.enrolment_id) AS people
FROM journeys.conditions AS c
JOIN journeys.triggers AS t
  ON t.scenario = c.scenario AND t.version = c.version
JOIN journeys.positions AS p
  ON p.scenario = c.scenario AND p.version = c.version
WHERE
  c.kind = 'where'
GROUP BY
  c.scenario,
  c.query,
  t.kind,
  COALESCE(t.activities, ''),
  t.source
ORDER BY
  c.scenario NULLS LAST,
  c.query NULLS LAST;
