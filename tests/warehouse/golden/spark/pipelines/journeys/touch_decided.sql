SELECT
  1
FROM journeys.in_flight_messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM decided
  );

SELECT
  d.message_key,
  d.enrolment_id,
  d.scenario,
  d.version,
  d.step,
  CASE
    WHEN d.status <> 'dropped' OR d.reason IN ('holdout', 'not_sent')
    THEN d.not_before
  END AS went_at,
  CASE
    WHEN d.status = 'dropped' AND NOT d.reason IN ('holdout', 'not_sent')
    THEN GREATEST(d.due_at, :as_of)
  END AS lost_at
FROM decided AS d
WHERE
  NOT (
    d.status = 'held' AND d.reason IN ('capped', 'lower_priority')
  );

SELECT
  f.message_key AS message_key
FROM journeys.codes, (
  SELECT
    enrolment_id,
    offer,
    message_key
  FROM (
    SELECT
      k.enrolment_id,
      k.offer,
      d.message_key,
      ROW_NUMBER() OVER (
        PARTITION BY k.enrolment_id, k.offer
        ORDER BY d.due_at NULLS LAST, d.message_key NULLS LAST
      ) AS _w
    FROM journeys.codes AS k
    JOIN decided AS d
      ON d.enrolment_id = k.enrolment_id
      AND d.not_before >= k.given_at
      AND d.status <> 'dropped'
    WHERE
      NOT k.code IS NULL AND k.message_key IS NULL
  ) AS _t
  WHERE
    _w = 1
) AS f
WHERE
  codes.enrolment_id = f.enrolment_id AND codes.offer = f.offer;

SELECT
  p.enrolment_id,
  p.scenario,
  p.version,
  p.contact_id,
  n.next AS node,
  d.not_before AS reached_at,
  p.entered_at,
  p.entry_key,
  p.trigger_key,
  p.triggered_at,
  p.activity,
  p.ghost,
  p.variant,
  COALESCE(f.timezone, :zone) AS zone
FROM journeys.positions AS p
JOIN journeys.nodes AS n
  ON n.scenario = p.scenario
  AND n.version = p.version
  AND n.node = p.node
  AND n.kind = 'send'
  AND n.on_capped = 'hold'
JOIN decided AS d
  ON d.enrolment_id = p.enrolment_id
  AND d.step = n.step
  AND NOT (
    d.status = 'held' AND d.reason IN ('capped', 'lower_priority')
  )
LEFT JOIN people AS f
  ON f.contact_id = p.contact_id;

SELECT
  enrolment_id,
  scenario,
  version,
  contact_id,
  entered_at,
  reached_at AS ended_at,
  ghost,
  'completed' AS outcome,
  CAST(NULL AS STRING) AS reason,
  CAST(NULL AS DECIMAL(18, 2)) AS value
FROM going_on
WHERE
  node IS NULL;

SELECT
  1
FROM journeys.positions
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM going_on
    WHERE
      node IS NULL
  );

SELECT
  *
FROM going_on
WHERE
  NOT node IS NULL
UNION ALL
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
  p.variant,
  COALESCE(f.timezone, :zone) AS zone
FROM (
  SELECT DISTINCT
    p.enrolment_id
  FROM decided AS d
  JOIN journeys.positions AS p
    ON p.enrolment_id = d.enrolment_id
  JOIN journeys.nodes AS n
    ON n.scenario = p.scenario
    AND n.version = p.version
    AND n.node = p.node
    AND n.kind = 'wait_for'
  JOIN journeys.alternatives AS a
    ON a.scenario = n.scenario AND a.version = n.version AND a.condition = n.condition
  JOIN journeys.conditions AS c
    ON c.scenario = a.scenario
    AND c.version = a.version
    AND c.condition = a.part
    AND c.kind = 'message'
    AND c.step = d.step
  WHERE
    d.status = 'dropped' AND NOT d.reason IN ('holdout', 'not_sent')
) AS w
JOIN journeys.positions AS p
  ON p.enrolment_id = w.enrolment_id
LEFT JOIN people AS f
  ON f.contact_id = p.contact_id;
