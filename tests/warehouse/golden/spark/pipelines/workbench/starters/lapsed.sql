SELECT
  contact_id
FROM facts.contacts
WHERE
  days_since_order > 90;
