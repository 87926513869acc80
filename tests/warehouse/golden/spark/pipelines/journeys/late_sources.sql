SELECT
  contract,
  MIN(source),
  MIN(CASE status WHEN 'missing' THEN 'no file' ELSE COALESCE(reason, status) END)
FROM raw.loads
WHERE
  as_of = :as_of AND status <> 'fresh'
GROUP BY
  contract
ORDER BY
  contract NULLS LAST;
