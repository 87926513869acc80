SELECT
  contact_id
FROM raw.contacts
WHERE
  SHA2(contact_id, 256) IN (
    SELECT
      hash
    FROM delivery.forgotten
    WHERE
      kind = 'contact'
  )
ORDER BY
  contact_id NULLS LAST;
