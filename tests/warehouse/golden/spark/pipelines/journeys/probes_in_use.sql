SELECT DISTINCT
  c.probe,
  c.activities,
  c.query,
  c.match_key
FROM journeys.conditions AS c
WHERE
  c.kind = 'did'
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
  c.probe NULLS LAST,
  c.activities NULLS LAST;
