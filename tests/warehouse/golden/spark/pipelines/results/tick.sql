SELECT
  as_of,
  day,
  status,
  started_at,
  finished_at,
  send
FROM runs.ticks
WHERE
  as_of = :as_of;
