SELECT DISTINCT
  c.scenario,
  c.version,
  c.condition,
  c.query,
  t.kind,
  COALESCE(t.activities, '') AS activities,
  t.source
FROM journeys.conditions AS c
JOIN journeys.triggers AS t
  ON t.scenario = c.scenario AND t.version = c.version
WHERE
  c.kind = 'where'
  AND EXISTS(
    SELECT
      1
    FROM touched AS x
    WHERE
      x.scenario = c.scenario AND x.version = c.version
  )
ORDER BY
  1 NULLS LAST,
  2 NULLS LAST,
  3 NULLS LAST;
