SELECT DISTINCT
  c.probe,
  c.activities,
  c.query,
  c.match_key
FROM journeys.conditions AS c
JOIN (
  SELECT DISTINCT
    scenario,
    version
  FROM journeys.decisions
  WHERE
    contact_id = :contact AND as_of <= :as_of
) AS d
  ON d.scenario = c.scenario AND d.version = c.version
WHERE
  c.kind = 'did'
ORDER BY
  c.probe NULLS LAST,
  c.activities NULLS LAST;
