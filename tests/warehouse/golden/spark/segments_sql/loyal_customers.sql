SELECT
  contact_id
FROM facts.contacts
WHERE
  order_count > 0 AND orders_365d >= 3;
