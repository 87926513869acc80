SELECT DISTINCT
  w.scenario,
  w.version,
  CAST(NULL AS STRING) AS query
FROM waiting AS w;
