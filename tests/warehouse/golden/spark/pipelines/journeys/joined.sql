SELECT
  enrolment_id,
  condition,
  COALESCE(
    MIN(CASE WHEN from_now THEN NULL ELSE holds_from END),
    CAST('0001-01-01' AS TIMESTAMP_NTZ)
  ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM (
  SELECT
    t.enrolment_id,
    a.condition,
    a.way,
    MAX(h.holds_from) AS holds_from,
    MIN(h.holds_from) = CAST('0001-01-01' AS TIMESTAMP_NTZ) AS from_now
  FROM touched AS t
  JOIN journeys.alternatives AS a
    ON a.scenario = t.scenario AND a.version = t.version AND a.part <> a.condition
  JOIN (
    SELECT
      enrolment_id,
      condition,
      MIN(holds_from) AS holds_from
    FROM holds
    GROUP BY
      enrolment_id,
      condition
  ) AS h
    ON h.enrolment_id = t.enrolment_id AND h.condition = a.part
  GROUP BY
    t.enrolment_id,
    a.condition,
    a.way
  HAVING
    COUNT(*) = MAX(a.parts)
) AS w
GROUP BY
  enrolment_id,
  condition;
