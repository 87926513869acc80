SELECT
  t.*
FROM touched AS t
WHERE
  t.enrolment_id IN (
    SELECT
      w.enrolment_id
    FROM walked AS w
    JOIN walked AS o
      ON o.scenario = w.scenario
      AND o.contact_id = w.contact_id
      AND o.step = w.step
      AND o.version < w.version
      AND o.arm <> w.arm
    WHERE
      w.round = :round AND o.round = :round AND w.kind = 'split' AND o.kind = 'split'
  );

SELECT
  1
FROM walked
WHERE
  round = :round AND enrolment_id IN (
    SELECT
      enrolment_id
    FROM put_off
  );

SELECT
  1
FROM touched
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM put_off
  );
