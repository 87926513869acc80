SELECT
  m.enrolment_id,
  c.condition,
  MIN(m.lost_at) AS lost_at
FROM journeys.in_flight_messages AS m
JOIN touched AS t
  ON t.enrolment_id = m.enrolment_id
JOIN journeys.conditions AS c
  ON c.scenario = t.scenario
  AND c.version = t.version
  AND c.kind = 'message'
  AND c.step = m.step
WHERE
  NOT m.lost_at IS NULL
GROUP BY
  m.enrolment_id,
  c.condition;

SELECT
  enrolment_id,
  condition,
  MAX(lost_at)
FROM (
  SELECT
    t.enrolment_id,
    a.condition,
    a.way,
    MIN(l.lost_at) AS lost_at
  FROM touched AS t
  JOIN journeys.alternatives AS a
    ON a.scenario = t.scenario AND a.version = t.version AND a.part <> a.condition
  LEFT JOIN lost AS l
    ON l.enrolment_id = t.enrolment_id AND l.condition = a.part
  GROUP BY
    t.enrolment_id,
    a.condition,
    a.way
) AS w
GROUP BY
  enrolment_id,
  condition
HAVING
  COUNT(lost_at) = COUNT(*);
