SELECT
  d.scenario,
  d.enrolment_id,
  MAX(d.version) OVER (PARTITION BY d.enrolment_id) AS version,
  d.decided_at,
  d.as_of,
  d.node,
  d.step,
  d.outcome,
  d.reason,
  k.code,
  NOT e.enrolment_id IS NULL AS entered,
  COALESCE(e.ghost, FALSE) AS ghost,
  x.outcome AS ended
FROM journeys.decisions AS d
LEFT JOIN journeys.enrolments AS e
  ON e.enrolment_id = d.enrolment_id AND e.entered_as_of <= :as_of
LEFT JOIN journeys.codes AS k
  ON d.outcome = 'offered' AND k.enrolment_id = d.enrolment_id AND k.offer = d.reason
LEFT JOIN journeys.endings AS x
  ON x.enrolment_id = d.enrolment_id AND x.as_of <= :as_of
WHERE
  d.contact_id = :contact AND d.as_of <= :as_of
ORDER BY
  d.scenario NULLS LAST,
  MIN(d.decided_at) OVER (PARTITION BY d.enrolment_id) NULLS LAST,
  d.enrolment_id NULLS LAST,
  d.decided_at NULLS LAST,
  d.as_of NULLS LAST,
  CASE
    WHEN d.outcome IN ('entered', 'refused')
    THEN 0
    WHEN NOT d.node IS NULL
    THEN 1
    ELSE 2
  END NULLS LAST,
  d.node NULLS LAST;
