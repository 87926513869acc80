SELECT DISTINCT
  p.phone,
  SHA2(p.phone, 256) AS number_hash
FROM phones AS p
WHERE
  NOT p.phone IS NULL
  AND p.contact_id IN (
    SELECT
      d.contact_id
    FROM due AS d
    JOIN channels AS c
      ON c.channels = d.channels
    JOIN judged_channels AS j
      ON j.channel = c.channel
  )
  AND NOT SHA2(p.phone, 256) IN (
    SELECT
      number_hash
    FROM outbox.numbers
    WHERE
      plans = :plans
  );

SELECT
  1
FROM outbox.numbers
WHERE
  number_hash IN (
    SELECT
      number_hash
    FROM unjudged
  );

SELECT
  phone,
  number_hash
FROM unjudged
ORDER BY
  number_hash NULLS LAST;
