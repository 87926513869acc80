SELECT
  (
    SELECT
      COUNT(*)
    FROM shop.contacts AS c
    WHERE
      NOT c.contact_id IN (
        SELECT
          contact_id
        FROM facts.contacts
      )
  ) AS missing,
  (
    SELECT
      COUNT(*) - COUNT(DISTINCT contact_id)
    FROM facts.contacts
  ) AS doubled;
