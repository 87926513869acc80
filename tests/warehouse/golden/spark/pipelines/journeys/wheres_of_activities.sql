SELECT
  l.scenario,
  l.activities,
  l.query
FROM live AS l
WHERE
  l.enters AND l.kind = 'activity' AND NOT l.query IS NULL
UNION
SELECT
  c.scenario,
  c.activities,
  c.query
FROM journeys.conditions AS c
WHERE
  c.kind = 'did'
  AND NOT c.query IS NULL
  AND (
    EXISTS(
      SELECT
        1
      FROM live AS l
      WHERE
        l.scenario = c.scenario AND l.version = c.version
    )
    OR EXISTS(
      SELECT
        1
      FROM journeys.positions AS p
      WHERE
        p.scenario = c.scenario AND p.version = c.version
    )
  )
ORDER BY
  1 NULLS LAST,
  2 NULLS LAST,
  3 NULLS LAST;
