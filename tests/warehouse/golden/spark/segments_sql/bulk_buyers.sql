SELECT
  contact_id
FROM facts.contacts
WHERE
  order_count > 0
  AND (
    largest_quantity >= 10 OR items_bought >= 20 * order_count
  );
