SELECT
  w.what,
  w.kind,
  w.hash,
  w.reason,
  w.topic,
  w.since
FROM (
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
) AS w
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM noted AS n
    WHERE
      n.what = w.what
      AND n.kind = w.kind
      AND n.hash = w.hash
      AND n.reason = w.reason
      AND n.topic = w.topic
      AND (
        n.since = w.since OR w.what = 'forgotten'
      )
  )
ORDER BY
  w.since NULLS LAST,
  w.what NULLS LAST,
  w.kind NULLS LAST,
  w.hash NULLS LAST,
  w.reason NULLS LAST,
  w.topic NULLS LAST;
