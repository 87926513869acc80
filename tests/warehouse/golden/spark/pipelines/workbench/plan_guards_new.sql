SELECT
  scenario,
  tripped_at,
  entries,
  usual
FROM planned_guards
WHERE
  NOT scenario IN (
    SELECT
      scenario
    FROM guards_before
  )
ORDER BY
  scenario NULLS LAST;
