SELECT
  contact_id
FROM facts.contacts
WHERE
  order_count > 0
  AND NOT contact_id IN (
    SELECT
      contact_id
    FROM segments.loyal_customers
  );
