SELECT
  :source AS source,
  :contract AS contract,
  :as_of AS as_of,
  0 AS files,
  0 AS inserted,
  0 AS replaced,
  0 AS rejected,
  'refused' AS status
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM raw.loads
    WHERE
      source = :source AND as_of = :as_of
  );

SELECT
  'refused' AS status,
  :reason AS reason
FROM raw.loads
WHERE
  source = :source AND as_of = :as_of;
