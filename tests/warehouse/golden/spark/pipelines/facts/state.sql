SELECT
  1
FROM facts.state
WHERE
  TRUE;

SELECT
  CAST(:as_of AS TIMESTAMP_NTZ),
  CAST(:day AS DATE),
  CAST(:since_30d AS TIMESTAMP_NTZ),
  CAST(:since_90d AS TIMESTAMP_NTZ),
  CAST(:since_180d AS TIMESTAMP_NTZ),
  GREATEST(CAST(:as_of AS TIMESTAMP_NTZ), MAX(as_of)),
  :rules
FROM raw.loads;
