SELECT
  n.what,
  n.kind,
  n.hash
FROM noted AS n
LEFT JOIN delivery.suppressions AS s
  ON n.what = 'suppressed'
  AND s.channel = n.kind
  AND s.address_hash = n.hash
  AND s.reason = n.reason
  AND COALESCE(s.topic, '') = n.topic
  AND s.since = n.since
LEFT JOIN delivery.forgotten AS f
  ON n.what = 'forgotten' AND f.kind = n.kind AND f.hash = n.hash
WHERE
  s.address_hash IS NULL AND f.hash IS NULL;
