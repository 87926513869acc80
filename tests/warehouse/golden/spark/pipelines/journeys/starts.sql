SELECT
  w.word AS scenario,
  w.enrolment_id AS started_by,
  w.scenario AS started_in,
  w.contact_id,
  w.reached_at AS started_at,
  :as_of AS as_of,
  :round AS round,
  e.trigger_data
FROM walked AS w
JOIN journeys.enrolments AS e
  ON e.enrolment_id = w.enrolment_id
WHERE
  w.round = :round AND w.ready AND w.kind = 'start';
