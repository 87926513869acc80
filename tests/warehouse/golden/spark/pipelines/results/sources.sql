SELECT
  source,
  contract,
  files,
  inserted,
  replaced,
  rejected,
  newest_at,
  status,
  reason
FROM raw.loads
WHERE
  as_of = :as_of
ORDER BY
  source NULLS LAST;
