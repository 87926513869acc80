SELECT
  contact_id
FROM facts.contacts
WHERE
  order_count >= 2 AND discount_share >= 0.5;
