SELECT
  scenario,
  entered,
  refused,
  ended,
  in_flight,
  due,
  state
FROM results.scenarios
WHERE
  as_of = :as_of
ORDER BY
  scenario NULLS LAST;
