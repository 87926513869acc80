SELECT
  contact_id
FROM facts.contacts
WHERE
  order_count >= 1 AND days_since_order <= 30;
