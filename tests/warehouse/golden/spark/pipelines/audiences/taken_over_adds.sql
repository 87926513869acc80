SELECT
  :audience AS audience,
  SHA2((
    :name || '|' || CAST(line AS STRING)
  ), 256) AS member,
  kind,
  hash,
  '' AS fingerprint,
  :now AS since
FROM audience_told;
