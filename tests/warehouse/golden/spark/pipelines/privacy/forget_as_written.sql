SELECT
  1
FROM raw.rejects
WHERE
  CONTAINS(LOWER(row), :written) OR CONTAINS(LOWER(reason), :written);
