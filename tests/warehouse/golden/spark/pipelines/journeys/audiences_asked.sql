SELECT DISTINCT
  w.word AS audience,
  w.contact_id,
  CASE w.kind WHEN 'sync' THEN 'add' ELSE 'remove' END AS action,
  w.reached_at AS asked_at,
  w.enrolment_id,
  w.scenario,
  :as_of AS as_of
FROM walked AS w
WHERE
  w.round = :round
  AND w.ready
  AND w.kind IN ('sync', 'unsync')
  AND (
    w.kind = 'unsync' OR NOT w.ghost
  );
