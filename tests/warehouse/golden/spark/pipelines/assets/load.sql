SELECT
  files,
  inserted,
  replaced,
  rejected,
  newest_at,
  status,
  reason
FROM raw.loads
WHERE
  source = :source AND as_of = :as_of;
