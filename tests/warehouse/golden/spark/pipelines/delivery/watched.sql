SELECT DISTINCT
  c.activities
FROM waiting AS w
JOIN journeys.conditions AS c
  ON c.scenario = w.scenario AND c.version = w.version AND c.role IN ('goal', 'exit')
ORDER BY
  1 NULLS LAST;
