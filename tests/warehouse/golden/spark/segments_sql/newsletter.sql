SELECT
  contact_id
FROM facts.contacts
WHERE
  newsletter;
