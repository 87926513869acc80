SELECT
  scenario,
  tripped_at,
  entries,
  usual
FROM runs.guards
WHERE
  released_at IS NULL;
