SELECT
  '' AS contact_id,
  CAST(NULL AS STRING) AS attributes
WHERE
  FALSE;
