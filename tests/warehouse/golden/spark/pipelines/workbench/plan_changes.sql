SELECT
  scenario,
  step,
  change,
  reason,
  detail,
  COUNT(*) AS messages,
  MIN(COALESCE(at_after, at_before)) AS first_at,
  MAX(COALESCE(at_after, at_before)) AS last_at
FROM differences
GROUP BY
  scenario,
  step,
  change,
  reason,
  detail
ORDER BY
  scenario NULLS LAST,
  step NULLS LAST,
  change NULLS LAST,
  reason NULLS LAST,
  detail NULLS LAST;
