SELECT
  l.scenario,
  :as_of AS as_of,
  COALESCE(d.entered, 0) AS entered,
  COALESCE(d.refused, 0) AS refused,
  COALESCE(e.ended, 0) AS ended,
  COALESCE(e.converted, 0) AS converted,
  COALESCE(p.in_flight, 0) AS in_flight,
  COALESCE(m.due, 0) AS due,
  COALESCE(m.to_send, 0) AS to_send,
  COALESCE(m.held, 0) AS held,
  COALESCE(m.dropped, 0) AS dropped,
  COALESCE(
    'held: ' || l.held,
    CASE
      WHEN l.scenario IN (
        SELECT
          scenario
        FROM guarded
      )
      THEN 'held: guard_tripped'
    END,
    l.state
  ) AS state
FROM live AS l
LEFT JOIN (
  SELECT
    scenario,
    COUNT(CASE WHEN outcome = 'entered' THEN 1 END) AS entered,
    COUNT(CASE WHEN outcome = 'refused' THEN 1 END) AS refused
  FROM journeys.decisions
  WHERE
    as_of = :as_of AND outcome IN ('entered', 'refused')
  GROUP BY
    scenario
) AS d
  ON d.scenario = l.scenario
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS ended,
    COUNT(CASE WHEN outcome = 'converted' THEN 1 END) AS converted
  FROM ended
  GROUP BY
    scenario
) AS e
  ON e.scenario = l.scenario
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS in_flight
  FROM journeys.positions
  GROUP BY
    scenario
) AS p
  ON p.scenario = l.scenario
LEFT JOIN (
  SELECT
    scenario,
    COUNT(*) AS due,
    COUNT(CASE WHEN status = 'to_send' THEN 1 END) AS to_send,
    COUNT(CASE WHEN status = 'held' THEN 1 END) AS held,
    COUNT(CASE WHEN status = 'dropped' THEN 1 END) AS dropped
  FROM outbox.messages
  WHERE
    as_of = :as_of
  GROUP BY
    scenario
) AS m
  ON m.scenario = l.scenario;
