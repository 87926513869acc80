SELECT
  1
WHERE
  EXISTS(
    SELECT
      1
    FROM delivery.forgotten
    WHERE
      kind = 'contact' AND hash = SHA2(:asked, 256)
  )
  OR EXISTS(
    SELECT
      1
    FROM delivery.suppressions
    WHERE
      channel = 'email'
      AND reason = 'manual'
      AND address_hash = SHA2(LOWER(:asked), 256)
  );
