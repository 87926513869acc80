SELECT
  scenario,
  step,
  outcome,
  reason,
  COUNT(*) AS contacts
FROM journeys.decisions
WHERE
  as_of = :as_of
GROUP BY
  scenario,
  step,
  outcome,
  reason
ORDER BY
  scenario NULLS LAST,
  contacts DESC,
  step NULLS LAST,
  outcome NULLS LAST,
  reason NULLS LAST;
