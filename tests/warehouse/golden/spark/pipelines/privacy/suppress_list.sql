SELECT
  entry,
  CASE
    WHEN LOWER(TRIM(entry)) RLIKE '^[0-9a-f]{64}$'
    THEN LOWER(TRIM(entry))
    WHEN :channel = 'email'
    THEN SHA2(LOAD_EMAIL(entry), 256)
    WHEN :channel = 'sms'
    THEN SHA2(LOAD_PHONE(entry, CAST(NULL AS STRING), ''), 256)
    ELSE SHA2(TRIM(entry), 256)
  END AS address_hash
FROM entries
WHERE
  TRIM(entry) <> '';

SELECT DISTINCT
  :channel AS channel,
  l.address_hash,
  :reason AS reason,
  CAST(NULL AS STRING) AS topic,
  :now AS since
FROM listed AS l
WHERE
  NOT l.address_hash IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM delivery.suppressions AS s
    WHERE
      s.channel = :channel
      AND s.address_hash = l.address_hash
      AND s.reason = :reason
      AND s.topic IS NULL
  );

SELECT
  entry
FROM listed
WHERE
  address_hash IS NULL
ORDER BY
  entry NULLS LAST;
