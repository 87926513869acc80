SELECT
  f.enrolment_id,
  f.step
FROM journeys.moves AS m
JOIN touched AS t
  ON t.enrolment_id = m.enrolment_id
JOIN journeys.in_flight_messages AS f
  ON f.enrolment_id = m.enrolment_id
GROUP BY
  f.enrolment_id,
  f.step;
