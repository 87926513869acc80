SELECT DISTINCT
  w.scenario,
  w.enrolment_id,
  w.contact_id,
  w.node,
  c.query,
  t.kind,
  COALESCE(t.activities, '') AS activities,
  t.source
FROM walked AS w
JOIN journeys.conditions AS c
  ON c.scenario = w.scenario AND c.version = w.version AND c.kind = 'where'
JOIN journeys.triggers AS t
  ON t.scenario = w.scenario AND t.version = w.version
WHERE
  w.ready
  AND w.kind IN ('if', 'wait_for')
  AND (
    c.condition = w.condition
    OR EXISTS(
      SELECT
        1
      FROM journeys.alternatives AS a
      WHERE
        a.scenario = w.scenario
        AND a.version = w.version
        AND a.condition = w.condition
        AND a.part = c.condition
    )
  )
UNION ALL
SELECT DISTINCT
  d.scenario,
  d.enrolment_id,
  d.contact_id,
  CAST(NULL AS BIGINT),
  l.audience_where,
  '',
  '',
  CAST(NULL AS STRING)
FROM journeys.decisions AS d
JOIN live AS l
  ON l.scenario = d.scenario AND NOT l.audience_where IS NULL
WHERE
  d.as_of = :as_of
  AND d.node IS NULL
  AND (
    d.outcome = 'entered'
    OR (
      d.outcome = 'refused' AND d.reason = 'not_in_audience'
    )
  );
