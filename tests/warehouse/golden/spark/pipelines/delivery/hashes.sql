SELECT
  'suppressed' AS what,
  channel AS kind,
  address_hash AS hash,
  reason,
  COALESCE(topic, '') AS topic,
  since
FROM delivery.suppressions
UNION ALL
SELECT
  'forgotten' AS what,
  kind,
  hash,
  '' AS reason,
  '' AS topic,
  since
FROM delivery.forgotten
ORDER BY
  since NULLS LAST,
  what NULLS LAST,
  kind NULLS LAST,
  hash NULLS LAST,
  reason NULLS LAST,
  topic NULLS LAST;
