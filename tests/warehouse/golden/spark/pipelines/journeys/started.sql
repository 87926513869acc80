SELECT
  s.scenario,
  s.contact_id,
  s.started_by AS key,
  'start:' || s.started_by || ':' || CAST(s.started_at AS STRING) AS activity_id,
  CAST(NULL AS STRING) AS activity,
  s.started_at AS triggered_at,
  s.started_at AS entered_at,
  s.trigger_data
FROM journeys.starts AS s
JOIN live AS l
  ON l.scenario = s.scenario
WHERE
  s.as_of = :as_of
  AND s.round >= :since_round
  AND l.enters
  AND l.kind = 'scenario'
  AND l.source = s.started_in;
