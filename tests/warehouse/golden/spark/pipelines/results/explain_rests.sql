SELECT
  enrolment_id,
  scenario,
  version,
  node,
  leave_at
FROM (
  SELECT
    d.enrolment_id,
    d.scenario,
    d.version,
    d.node,
    d.decided_at AS leave_at,
    ROW_NUMBER() OVER (
      PARTITION BY d.enrolment_id
      ORDER BY d.as_of NULLS LAST, d.decided_at NULLS LAST, CASE
        WHEN n.kind IN ('wait', 'wait_until', 'wait_days', 'wait_date', 'wait_for')
        THEN 0
        ELSE 1
      END NULLS LAST, d.node NULLS LAST
    ) AS place
  FROM journeys.decisions AS d
  JOIN journeys.nodes AS n
    ON n.scenario = d.scenario AND n.version = d.version AND n.node = d.node
  WHERE
    d.contact_id = :contact AND d.as_of > :as_of
  UNION ALL
  SELECT
    p.enrolment_id,
    p.scenario,
    p.version,
    p.node,
    p.leave_at,
    1
  FROM journeys.positions AS p
  WHERE
    p.contact_id = :contact
    AND NOT EXISTS(
      SELECT
        1
      FROM journeys.decisions AS d
      WHERE
        d.enrolment_id = p.enrolment_id
        AND d.contact_id = :contact
        AND d.as_of > :as_of
        AND NOT d.node IS NULL
    )
) AS r
WHERE
  place = 1
  AND enrolment_id IN (
    SELECT
      enrolment_id
    FROM journeys.enrolments
    WHERE
      contact_id = :contact AND entered_as_of <= :as_of
  )
  AND NOT enrolment_id IN (
    SELECT
      enrolment_id
    FROM journeys.endings
    WHERE
      contact_id = :contact AND as_of <= :as_of
  )
ORDER BY
  enrolment_id NULLS LAST;
