SELECT
  p.enrolment_id,
  p.scenario,
  p.version,
  p.contact_id,
  p.node,
  p.reached_at,
  p.entered_at,
  p.entry_key,
  p.trigger_key,
  p.triggered_at,
  p.activity,
  p.ghost,
  p.variant
FROM (
  SELECT
    enrolment_id
  FROM journeys.positions
  WHERE
    leave_at <= :as_of
  UNION
  SELECT
    enrolment_id
  FROM new_observations
  UNION
  SELECT
    p.enrolment_id
  FROM journeys.positions AS p
  JOIN journeys.nodes AS n
    ON n.kind = 'wait_for'
    AND n.scenario = p.scenario
    AND n.version = p.version
    AND n.node = p.node
  JOIN journeys.alternatives AS a
    ON a.scenario = n.scenario AND a.version = n.version AND a.condition = n.condition
  JOIN journeys.conditions AS c
    ON c.kind IN ('in_segment', 'tagged', 'offer_unused', 'where')
    AND c.scenario = n.scenario
    AND c.version = n.version
    AND c.condition = a.part
  UNION
  SELECT
    p.enrolment_id
  FROM journeys.in_flight_messages AS m
  JOIN journeys.positions AS p
    ON p.enrolment_id = m.enrolment_id
  JOIN journeys.nodes AS n
    ON n.kind = 'wait_for'
    AND n.scenario = p.scenario
    AND n.version = p.version
    AND n.node = p.node
  JOIN journeys.alternatives AS a
    ON a.scenario = n.scenario AND a.version = n.version AND a.condition = n.condition
  JOIN journeys.conditions AS c
    ON c.kind = 'message'
    AND c.step = m.step
    AND c.scenario = n.scenario
    AND c.version = n.version
    AND c.condition = a.part
  WHERE
    NOT m.lost_at IS NULL
) AS v
JOIN journeys.positions AS p
  ON p.enrolment_id = v.enrolment_id
JOIN live AS l
  ON l.scenario = p.scenario AND l.advances;
