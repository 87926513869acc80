SELECT
  scenario,
  question,
  COUNT(*) AS number
FROM journeys.unread_values
WHERE
  as_of = :as_of
GROUP BY
  scenario,
  question
ORDER BY
  scenario NULLS LAST,
  question NULLS LAST;
