SELECT
  scenario,
  version,
  fingerprint
FROM (
  SELECT
    scenario,
    version,
    fingerprint,
    ROW_NUMBER() OVER (PARTITION BY scenario ORDER BY version DESC) AS _w
  FROM journeys.versions
) AS _t
WHERE
  _w = 1;
