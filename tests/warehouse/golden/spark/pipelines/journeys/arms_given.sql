SELECT
  a.experiment,
  a.subject,
  a.arm
FROM journeys.arms AS a
WHERE
  a.subject IN (
    SELECT
      contact_id
    FROM touched
  );
