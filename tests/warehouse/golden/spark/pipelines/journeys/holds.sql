WITH times AS (
  SELECT
    o.enrolment_id,
    o.condition,
    o.occurred_at,
    c.within_seconds
  FROM journeys.observations AS o
  JOIN touched AS t
    ON t.enrolment_id = o.enrolment_id
  JOIN journeys.conditions AS c
    ON c.scenario = t.scenario
    AND c.version = t.version
    AND c.condition = o.condition
    AND c.role = 'step'
), apart AS (
  SELECT
    *,
    CASE
      WHEN occurred_at < (
        LAG(occurred_at) OVER (PARTITION BY enrolment_id, condition ORDER BY occurred_at NULLS LAST) + MAKE_DT_INTERVAL(0, 0, 0, within_seconds)
      )
      THEN 0
      ELSE 1
    END AS begins
  FROM times
  WHERE
    NOT within_seconds IS NULL
), stretches AS (
  SELECT
    *,
    SUM(begins) OVER (PARTITION BY enrolment_id, condition ORDER BY occurred_at NULLS LAST) AS stretch
  FROM apart
)
SELECT
  enrolment_id,
  condition,
  MIN(occurred_at) AS holds_from,
  CAST('9999-12-31' AS TIMESTAMP_NTZ) AS holds_until
FROM times
WHERE
  within_seconds IS NULL
GROUP BY
  enrolment_id,
  condition
UNION ALL
SELECT
  enrolment_id,
  condition,
  MIN(occurred_at),
  (
    MAX(occurred_at) + MAKE_DT_INTERVAL(0, 0, 0, MAX(within_seconds))
  )
FROM stretches
GROUP BY
  enrolment_id,
  condition,
  stretch
UNION ALL
SELECT
  t.enrolment_id,
  c.condition,
  CAST('0001-01-01' AS TIMESTAMP_NTZ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM touched AS t
JOIN journeys.conditions AS c
  ON c.scenario = t.scenario AND c.version = t.version AND c.kind = 'in_segment'
JOIN (
  SELECT
    segment,
    contact_id
  FROM segments.members
  WHERE
    segment IN (
      SELECT
        segment
      FROM journeys.conditions
      WHERE
        kind = 'in_segment'
    )
    AND contact_id IN (
      SELECT
        contact_id
      FROM touched
    )
) AS m
  ON m.segment = c.segment AND m.contact_id = t.contact_id
UNION ALL
SELECT DISTINCT
  t.enrolment_id,
  c.condition,
  CAST('0001-01-01' AS TIMESTAMP_NTZ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM touched AS t
JOIN journeys.conditions AS c
  ON c.scenario = t.scenario AND c.version = t.version AND c.kind = 'tagged'
JOIN shop.contact_tags AS g
  ON g.contact_id = t.contact_id AND g.tag = c.tag AND g.removed_at IS NULL
UNION ALL
SELECT
  enrolment_id,
  condition,
  CAST('0001-01-01' AS TIMESTAMP_NTZ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM unused_codes
UNION ALL
SELECT
  enrolment_id,
  condition,
  CAST('0001-01-01' AS TIMESTAMP_NTZ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM state_matches;
