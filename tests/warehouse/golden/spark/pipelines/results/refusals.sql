SELECT
  scenario,
  reason,
  COUNT(*) AS contacts
FROM journeys.decisions
WHERE
  as_of = :as_of AND outcome = 'refused'
GROUP BY
  scenario,
  reason
ORDER BY
  scenario NULLS LAST,
  contacts DESC,
  reason NULLS LAST;
