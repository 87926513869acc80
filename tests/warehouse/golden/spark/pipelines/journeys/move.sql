SELECT
  s.enrolment_id,
  s.scenario,
  s.version,
  s.to_version,
  s.contact_id,
  s.reached_at,
  s.from_step,
  m.to_step,
  CASE WHEN m.to_step = 'begin' THEN 0 ELSE n.next END AS node
FROM (
  SELECT
    p.enrolment_id,
    p.scenario,
    p.version,
    l.version AS to_version,
    p.contact_id,
    COALESCE(f.step, 'begin') AS from_step,
    COALESCE(f.went_at, f.lost_at, p.entered_at) AS reached_at
  FROM journeys.positions AS p
  JOIN live AS l
    ON l.scenario = p.scenario AND l.advances AND l.version > p.version
  LEFT JOIN (
    SELECT
      i.enrolment_id,
      i.step,
      i.went_at,
      i.lost_at,
      ROW_NUMBER() OVER (
        PARTITION BY i.enrolment_id
        ORDER BY COALESCE(i.went_at, i.lost_at) DESC, o.node DESC
      ) AS place
    FROM journeys.in_flight_messages AS i
    JOIN journeys.nodes AS o
      ON o.scenario = i.scenario
      AND o.version = i.version
      AND o.step = i.step
      AND o.kind = 'send'
    WHERE
      i.scenario IN (
        SELECT
          scenario
        FROM moves
      )
  ) AS f
    ON f.enrolment_id = p.enrolment_id AND f.place = 1
  WHERE
    p.scenario IN (
      SELECT
        scenario
      FROM moves
    )
) AS s
JOIN moves AS m
  ON m.scenario = s.scenario AND m.from_step = s.from_step
LEFT JOIN journeys.nodes AS n
  ON n.scenario = s.scenario
  AND n.version = s.to_version
  AND n.kind = 'send'
  AND n.step = m.to_step
WHERE
  m.to_step = 'begin' OR NOT n.node IS NULL;

SELECT
  enrolment_id,
  scenario,
  version AS from_version,
  to_version,
  contact_id,
  from_step,
  to_step,
  :as_of AS as_of
FROM moving;

SELECT
  :as_of AS as_of,
  enrolment_id,
  scenario,
  to_version AS version,
  contact_id,
  CAST(NULL AS BIGINT) AS node,
  to_step AS step,
  :as_of AS decided_at,
  'moved' AS outcome,
  'version ' || CAST(version AS STRING) || ', ' || from_step AS reason
FROM moving;

SELECT
  p.enrolment_id,
  p.scenario,
  m.to_version AS version,
  p.contact_id,
  m.node,
  m.reached_at,
  :as_of AS leave_at,
  p.entered_at,
  p.entry_key,
  p.trigger_key,
  p.triggered_at,
  p.activity,
  p.ghost,
  p.variant
FROM journeys.positions AS p
JOIN moving AS m
  ON m.enrolment_id = p.enrolment_id;

SELECT
  1
FROM journeys.positions
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM moving
  );

SELECT
  *
FROM moved_positions
WHERE
  NOT node IS NULL;

SELECT
  enrolment_id,
  scenario,
  version,
  contact_id,
  entered_at,
  :as_of AS ended_at,
  ghost,
  'completed' AS outcome,
  CAST(NULL AS STRING) AS reason,
  CAST(NULL AS DECIMAL(18, 2)) AS value
FROM moved_positions
WHERE
  node IS NULL;

SELECT
  m.to_version AS version
FROM journeys.enrolments, moving AS m
WHERE
  m.enrolment_id = enrolments.enrolment_id;

SELECT
  i.message_key,
  i.enrolment_id,
  i.scenario,
  m.to_version AS version,
  i.step,
  i.went_at,
  i.lost_at
FROM journeys.in_flight_messages AS i
JOIN moving AS m
  ON m.enrolment_id = i.enrolment_id;

SELECT
  1
FROM journeys.in_flight_messages
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM moving
  );

SELECT
  *
FROM moved_messages;

SELECT DISTINCT
  o.enrolment_id,
  c.condition,
  o.occurred_at,
  o.activity,
  o.value
FROM journeys.observations AS o
JOIN moving AS m
  ON m.enrolment_id = o.enrolment_id
JOIN journeys.conditions AS b
  ON b.scenario = m.scenario AND b.version = m.version AND b.condition = o.condition
JOIN journeys.conditions AS c
  ON c.scenario = m.scenario
  AND c.version = m.to_version
  AND c.role = b.role
  AND c.kind = b.kind
  AND COALESCE(c.step, '') = COALESCE(b.step, '')
  AND COALESCE(c.event, '') = COALESCE(b.event, '')
  AND COALESCE(c.probe, '') = COALESCE(b.probe, '')
  AND COALESCE(c.within_seconds, -1) = COALESCE(b.within_seconds, -1)
  AND COALESCE(c.match_key, '') = COALESCE(b.match_key, '');

SELECT
  1
FROM journeys.observations
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM moving
  );

SELECT
  *
FROM moved_observations;
