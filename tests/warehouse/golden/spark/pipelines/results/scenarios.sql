WITH latest AS (
  SELECT
    scenario,
    version,
    goal_target,
    goal_by
  FROM (
    SELECT
      scenario,
      version,
      goal_target,
      goal_by,
      ROW_NUMBER() OVER (PARTITION BY scenario ORDER BY version DESC) AS _w
    FROM journeys.versions
    WHERE
      first_as_of <= :as_of
  ) AS _t
  WHERE
    _w = 1
), aims AS (
  SELECT
    l.scenario,
    c.activities AS goal,
    l.goal_target,
    l.goal_by,
    CASE WHEN l.goal_by IS NULL THEN :as_of ELSE MAX(t.as_of) END AS read_at
  FROM latest AS l
  LEFT JOIN journeys.conditions AS c
    ON c.scenario = l.scenario AND c.version = l.version AND c.role = 'goal'
  LEFT JOIN runs.ticks AS t
    ON t.day <= l.goal_by AND t.as_of <= :as_of
  GROUP BY
    l.scenario,
    c.activities,
    l.goal_target,
    l.goal_by
), people AS (
  SELECT
    e.scenario,
    COUNT(CASE WHEN NOT e.ghost THEN 1 END) AS treated,
    COUNT(CASE WHEN e.ghost THEN 1 END) AS ghosts,
    COUNT(CASE WHEN NOT e.ghost AND e.entered_as_of <= a.read_at THEN 1 END) AS aimed_at
  FROM journeys.enrolments AS e
  JOIN aims AS a
    ON a.scenario = e.scenario
  WHERE
    e.entered_as_of <= :as_of
  GROUP BY
    e.scenario
), reached AS (
  SELECT
    g.scenario,
    COUNT(CASE WHEN NOT g.ghost THEN 1 END) AS treated,
    COUNT(CASE WHEN g.ghost THEN 1 END) AS ghosts,
    SUM(CASE WHEN NOT g.ghost THEN g.value END) AS value,
    COUNT(CASE WHEN NOT g.ghost AND g.as_of <= a.read_at THEN 1 END) AS aimed_at
  FROM results.goals AS g
  JOIN aims AS a
    ON a.scenario = g.scenario
  WHERE
    g.as_of <= :as_of
  GROUP BY
    g.scenario
)
SELECT
  s.scenario,
  s.state,
  s.entered,
  s.in_flight,
  COALESCE(p.treated, 0) + COALESCE(p.ghosts, 0) AS entered_ever,
  COALESCE(p.treated, 0) AS treated,
  COALESCE(p.ghosts, 0) AS ghosts,
  COALESCE(r.treated, 0) AS treated_converted,
  COALESCE(r.ghosts, 0) AS ghosts_converted,
  COALESCE(r.value, 0) AS goal_value,
  a.goal,
  a.goal_target,
  a.goal_by,
  COALESCE(p.aimed_at, 0) AS aimed_at,
  COALESCE(r.aimed_at, 0) AS aim_reached
FROM results.scenarios AS s
LEFT JOIN aims AS a
  ON a.scenario = s.scenario
LEFT JOIN people AS p
  ON p.scenario = s.scenario
LEFT JOIN reached AS r
  ON r.scenario = s.scenario
WHERE
  s.as_of = :as_of
ORDER BY
  s.scenario NULLS LAST;
