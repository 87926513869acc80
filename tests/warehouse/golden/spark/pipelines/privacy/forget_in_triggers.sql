SELECT
  CAST(REPLACE(
    CAST(trigger_data AS STRING),
    '"' || :leaving || '"',
    '"' || SHA2(:leaving, 256) || '"'
  ) AS STRING) AS trigger_data
FROM journeys.enrolments
WHERE
  CONTAINS(CAST(trigger_data AS STRING), '"' || :leaving || '"');

SELECT
  CAST(REPLACE(
    CAST(trigger_data AS STRING),
    '"' || :leaving || '"',
    '"' || SHA2(:leaving, 256) || '"'
  ) AS STRING) AS trigger_data
FROM journeys.starts
WHERE
  CONTAINS(CAST(trigger_data AS STRING), '"' || :leaving || '"');
