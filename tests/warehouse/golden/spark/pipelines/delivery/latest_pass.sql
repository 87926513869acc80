SELECT
  MAX(k.instant) AS latest
FROM (
  SELECT
    MAX(changed_at) AS instant
  FROM delivery.sends
  WHERE
    state = 'claimed'
  UNION ALL
  SELECT
    MAX(since) AS instant
  FROM delivery.warehouse_name
  WHERE
    LENGTH(name) > 12
  UNION ALL
  SELECT
    MAX(reconciled_at) AS instant
  FROM delivery.lost_journals
) AS k;
