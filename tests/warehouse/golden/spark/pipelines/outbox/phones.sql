SELECT
  contact_id,
  phone,
  CAST(NULL AS STRING) AS fault
FROM raw.contacts
WHERE
  contact_id IN (
    SELECT
      d.contact_id
    FROM due AS d
    JOIN channels AS c
      ON c.channels = d.channels AND c.channel IN ('sms', 'call_list')
  );
