SELECT
  e.scenario,
  e.entered,
  COALESCE(d.ended, 0) AS ended,
  COALESCE(p.in_flight, 0) AS in_flight
FROM (
  SELECT
    scenario,
    COUNT(*) AS entered
  FROM journeys.enrolments
  GROUP BY
    scenario
) AS e
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS ended
  FROM journeys.endings
  GROUP BY
    scenario
) AS d
  ON d.scenario = e.scenario
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS in_flight
  FROM journeys.positions
  GROUP BY
    scenario
) AS p
  ON p.scenario = e.scenario;
