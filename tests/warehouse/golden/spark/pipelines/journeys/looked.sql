SELECT
  :as_of AS looked_until,
  :horizon AS looked_ahead
FROM journeys.states
WHERE
  scenario IN (
    SELECT
      scenario
    FROM live
    WHERE
      enters
  )
  AND NOT scenario IN (
    SELECT
      scenario
    FROM guarded
  );
