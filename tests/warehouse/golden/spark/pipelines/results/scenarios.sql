SELECT
  s.scenario,
  s.state,
  s.entered,
  s.refused,
  s.ended,
  s.converted,
  s.in_flight,
  s.due,
  s.to_send,
  s.held,
  s.dropped,
  COALESCE(e.entered, 0) AS entered_ever,
  COALESCE(e.treated, 0) AS treated,
  COALESCE(e.ghosts, 0) AS ghosts,
  COALESCE(g.treated, 0) AS treated_converted,
  COALESCE(g.ghosts, 0) AS ghosts_converted,
  COALESCE(g.value, 0) AS goal_value,
  v.goal_target,
  COALESCE(h.accepted, 0) AS accepted
FROM results.scenarios AS s
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS entered,
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
    MAX(goal_target) AS goal_target
  FROM journeys.versions
  WHERE
    first_as_of <= :as_of
  GROUP BY
    scenario
) AS v
  ON v.scenario = s.scenario
LEFT JOIN (
  SELECT
    m.scenario,
    COUNT(DISTINCT m.message_key) AS accepted
  FROM outbox.messages AS m
  JOIN delivery.sends AS d
    ON d.message_key = m.message_key AND d.state = 'accepted'
  WHERE
    m.as_of = :as_of
  GROUP BY
    m.scenario
) AS h
  ON h.scenario = s.scenario
WHERE
  s.as_of = :as_of
ORDER BY
  s.scenario NULLS LAST;
