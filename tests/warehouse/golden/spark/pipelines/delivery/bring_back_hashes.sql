SELECT
  n.kind AS channel,
  n.hash AS address_hash,
  n.reason,
  CASE WHEN n.topic <> '' THEN n.topic END AS topic,
  n.since
FROM noted AS n
WHERE
  n.what = 'suppressed'
  AND NOT EXISTS(
    SELECT
      1
    FROM delivery.suppressions AS s
    WHERE
      s.channel = n.kind
      AND s.address_hash = n.hash
      AND s.reason = n.reason
      AND COALESCE(s.topic, '') = n.topic
      AND s.since = n.since
  );

SELECT
  n.kind,
  n.hash,
  MIN(n.since) AS since
FROM noted AS n
WHERE
  n.what = 'forgotten'
  AND NOT n.hash IN (
    SELECT
      hash
    FROM delivery.forgotten
  )
GROUP BY
  n.kind,
  n.hash;
