SELECT
  s.scenario,
  s.state,
  s.entered,
  s.in_flight,
  COALESCE(e.treated, 0) + COALESCE(e.ghosts, 0) AS entered_ever,
  COALESCE(e.treated, 0) AS treated,
  COALESCE(e.ghosts, 0) AS ghosts,
  COALESCE(g.treated, 0) AS treated_converted,
  COALESCE(g.ghosts, 0) AS ghosts_converted,
  COALESCE(g.value, 0) AS goal_value,
  v.goal_target
FROM results.scenarios AS s
LEFT JOIN (
  SELECT
    scenario,
    COUNT(CASE WHEN NOT ghost THEN 1 END) AS treated,
    COUNT(CASE WHEN ghost THEN 1 END) AS ghosts
  FROM journeys.enrolments
  WHERE
    entered_as_of <= :as_of
  GROUP BY
    scenario
) AS e
  ON e.scenario = s.scenario
LEFT JOIN (
  SELECT
    scenario,
    COUNT(CASE WHEN NOT ghost THEN 1 END) AS treated,
    COUNT(CASE WHEN ghost THEN 1 END) AS ghosts,
    SUM(CASE WHEN NOT ghost THEN value END) AS value
  FROM results.goals
  WHERE
    as_of <= :as_of
  GROUP BY
    scenario
) AS g
  ON g.scenario = s.scenario
LEFT JOIN (
  SELECT
    scenario,
    goal_target,
    ROW_NUMBER() OVER (PARTITION BY scenario ORDER BY version DESC) AS place
  FROM journeys.versions
  WHERE
    first_as_of <= :as_of
) AS v
  ON v.scenario = s.scenario AND v.place = 1
WHERE
  s.as_of = :as_of
ORDER BY
  s.scenario NULLS LAST;
