SELECT
  1
FROM typed
WHERE
  contact_id IS NULL
  AND visitor_id IN (
    SELECT
      visitor_id
    FROM (
      SELECT DISTINCT
        visitor_id
      FROM typed
      WHERE
        NOT visitor_id IS NULL
    ) AS v
    WHERE
      SHA2(visitor_id, 256) IN (
        SELECT
          hash
        FROM delivery.forgotten
        WHERE
          kind = 'visitor'
      )
  );
