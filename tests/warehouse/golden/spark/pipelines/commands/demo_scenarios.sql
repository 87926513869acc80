SELECT
  v.scenario,
  COALESCE(e.entered, 0) AS entered,
  COALESCE(m.due, 0) AS due,
  COALESCE(m.sent, 0) AS sent,
  COALESCE(m.waiting, 0) AS waiting,
  COALESCE(m.dropped, 0) AS dropped,
  COALESCE(a.clicked, 0) AS clicked,
  COALESCE(g.goals, 0) AS goals,
  COALESCE(g.worth, 0) AS worth
FROM (
  SELECT DISTINCT
    scenario
  FROM journeys.versions
) AS v
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS entered
  FROM journeys.enrolments
  GROUP BY
    scenario
) AS e
  ON e.scenario = v.scenario
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS due,
    COUNT(CASE WHEN status = 'to_send' AND accepted THEN 1 END) AS sent,
    COUNT(CASE WHEN status = 'dropped' THEN 1 END) AS dropped,
    COUNT(CASE WHEN status <> 'dropped' AND NOT accepted THEN 1 END) AS waiting
  FROM (
    SELECT
      o.*,
      o.message_key IN (
        SELECT
          message_key
        FROM delivery.sends
        WHERE
          state = 'accepted'
      ) AS accepted
    FROM outbox.messages AS o
  ) AS o
  GROUP BY
    scenario
) AS m
  ON m.scenario = v.scenario
LEFT JOIN (
  SELECT
    o.scenario,
    COUNT(DISTINCT o.message_key) AS clicked
  FROM raw.message_events AS x
  JOIN outbox.messages AS o
    ON o.message_key = x.message_key
  WHERE
    x.kind = 'clicked'
  GROUP BY
    o.scenario
) AS a
  ON a.scenario = v.scenario
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS goals,
    SUM(value) AS worth
  FROM results.goals
  WHERE
    NOT ghost
  GROUP BY
    scenario
) AS g
  ON g.scenario = v.scenario
ORDER BY
  v.scenario NULLS LAST;
