SELECT
  1
FROM typed
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM (
      SELECT DISTINCT
        contact_id
      FROM typed
      WHERE
        NOT contact_id IS NULL
    ) AS c
    WHERE
      SHA2(contact_id, 256) IN (
        SELECT
          hash
        FROM delivery.forgotten
        WHERE
          kind = 'contact'
      )
  );
