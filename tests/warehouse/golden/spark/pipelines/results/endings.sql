SELECT
  scenario,
  outcome,
  COUNT(*) AS runs
FROM journeys.endings
WHERE
  as_of = :as_of
GROUP BY
  scenario,
  outcome
ORDER BY
  scenario NULLS LAST,
  outcome NULLS LAST;
