SELECT
  p.enrolment_id,
  c.condition,
  c.within_seconds,
  c.role,
  m.occurred_at,
  m.activity,
  m.value
FROM probe_matches AS m
JOIN journeys.positions AS p
  ON p.contact_id = m.contact_id
JOIN journeys.conditions AS c
  ON c.scenario = p.scenario
  AND c.version = p.version
  AND c.kind = 'did'
  AND c.probe = m.probe
WHERE
  CASE
    WHEN c.role = 'step'
    THEN m.occurred_at > (
      p.entered_at + MAKE_DT_INTERVAL(0, 0, 0, (
        -COALESCE(c.within_seconds, 0)
      ))
    )
    AND (
      c.match_key IS NULL
      OR m.key IS NULL
      OR p.trigger_key IS NULL
      OR m.key = p.trigger_key
    )
    WHEN m.occurred_at = p.triggered_at AND COALESCE(m.activity = p.activity, FALSE)
    THEN FALSE
    WHEN NOT c.match_key IS NULL AND NOT m.key IS NULL AND NOT p.trigger_key IS NULL
    THEN m.key = p.trigger_key
    ELSE m.occurred_at >= p.triggered_at
  END
  AND (
    c.role <> 'goal'
    OR c.within_seconds IS NULL
    OR m.occurred_at <= (
      p.entered_at + MAKE_DT_INTERVAL(0, 0, 0, c.within_seconds)
    )
  )
UNION ALL
SELECT
  f.enrolment_id,
  c.condition,
  c.within_seconds,
  c.role,
  n.occurred_at,
  n.name,
  n.value
FROM news AS n
JOIN journeys.in_flight_messages AS f
  ON f.message_key = n.key
JOIN journeys.conditions AS c
  ON c.scenario = f.scenario
  AND c.version = f.version
  AND c.kind = 'message'
  AND c.step = f.step
  AND n.name = 'message_' || c.event
  AND (
    c.link IS NULL
    OR c.link = GET_JSON_OBJECT(n.props, CONCAT('$[\'', 'link', '\']'))
  )
WHERE
  STARTSWITH(n.name, 'message_');

SELECT
  s.enrolment_id,
  s.condition,
  s.occurred_at,
  MIN(s.activity) AS activity,
  MAX(s.value) AS value
FROM seen AS s
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM journeys.observations AS o
    WHERE
      o.enrolment_id = s.enrolment_id
      AND o.condition = s.condition
      AND (
        o.occurred_at = s.occurred_at
        OR (
          (
            s.within_seconds IS NULL OR s.role <> 'step'
          )
          AND o.occurred_at <= s.occurred_at
        )
      )
  )
GROUP BY
  s.enrolment_id,
  s.condition,
  s.occurred_at;

SELECT
  *
FROM new_observations;

SELECT
  s.*
FROM (
  SELECT
    p.enrolment_id,
    p.scenario,
    p.version,
    p.contact_id,
    p.entered_at,
    p.ghost,
    c.role,
    o.occurred_at,
    o.activity,
    o.value,
    ROW_NUMBER() OVER (
      PARTITION BY p.enrolment_id
      ORDER BY o.occurred_at NULLS LAST, CASE c.role WHEN 'goal' THEN 0 ELSE 1 END NULLS LAST, c.condition NULLS LAST
    ) AS place
  FROM journeys.observations AS o
  JOIN journeys.positions AS p
    ON p.enrolment_id = o.enrolment_id
  JOIN journeys.conditions AS c
    ON c.scenario = p.scenario
    AND c.version = p.version
    AND c.condition = o.condition
    AND c.role IN ('goal', 'exit')
  WHERE
    p.enrolment_id IN (
      SELECT
        enrolment_id
      FROM new_observations
    )
) AS s
WHERE
  s.place = 1;

SELECT
  s.enrolment_id,
  s.scenario,
  s.version,
  s.contact_id,
  s.entered_at,
  GREATEST(s.occurred_at, s.entered_at) AS ended_at,
  s.ghost,
  CASE
    WHEN s.role = 'exit'
    THEN 'exited'
    WHEN EXISTS(
      SELECT
        1
      FROM journeys.in_flight_messages AS f
      WHERE
        f.enrolment_id = s.enrolment_id AND f.went_at <= s.occurred_at
    )
    THEN 'converted'
    ELSE 'goal_before_message'
  END AS outcome,
  s.activity AS reason,
  s.value
FROM stops AS s;

SELECT
  1
FROM journeys.positions
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM ended
  );
