SELECT
  p.enrolment_id,
  p.scenario,
  p.version,
  p.contact_id,
  p.entered_at,
  :as_of AS ended_at,
  p.ghost,
  'ejected' AS outcome,
  l.state AS reason,
  CAST(NULL AS DECIMAL(18, 2)) AS value
FROM journeys.positions AS p
JOIN live AS l
  ON l.scenario = p.scenario AND l.ejects;

SELECT
  1
FROM journeys.positions
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM ended
  );
