SELECT
  COALESCE(SUM(f.due), 0) AS due,
  COALESCE(SUM(f.to_send + f.held + f.dropped), 0) AS decided,
  (
    SELECT
      COUNT(*)
    FROM (
      SELECT DISTINCT
        enrolment_id,
        step
      FROM journeys.decisions
      WHERE
        as_of = :as_of AND outcome = 'due'
    ) AS d
    WHERE
      NOT EXISTS(
        SELECT
          1
        FROM outbox.messages AS m
        WHERE
          m.enrolment_id = d.enrolment_id AND m.step = d.step
      )
  ) AS missing
FROM results.scenarios AS f
WHERE
  f.as_of = :as_of;
