SELECT
  LEAST(
    COALESCE(
      (
        SELECT
          MAX(as_of)
        FROM runs.ticks
        WHERE
          status = 'committed'
      ),
      :now
    ),
    COALESCE(MIN(d.as_of), :now)
  ) AS since,
  COALESCE(MIN(e.triggered_at), :now) AS late_since
FROM waiting AS w
JOIN journeys.enrolments AS e
  ON e.enrolment_id = w.enrolment_id
LEFT JOIN journeys.endings AS d
  ON d.enrolment_id = w.enrolment_id AND d.outcome = 'completed';
