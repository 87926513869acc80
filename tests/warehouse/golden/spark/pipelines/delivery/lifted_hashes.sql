SELECT
  n.what,
  n.kind,
  n.hash,
  n.reason,
  n.topic,
  n.since
FROM noted_alone AS n
WHERE
  n.what = 'suppressed'
  AND n.kind = :channel
  AND n.reason = 'manual'
  AND n.hash IN (
    SELECT
      address_hash
    FROM listed
    WHERE
      NOT address_hash IS NULL
  )
  AND NOT n.since IN (
    SELECT
      since
    FROM delivery.forgotten
  )
  AND NOT n.since IN (
    SELECT
      since
    FROM noted_alone
    WHERE
      what = 'forgotten'
  );
