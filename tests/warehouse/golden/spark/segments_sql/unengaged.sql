SELECT
  contact_id
FROM facts.contacts
WHERE
  messages_180d >= 10 AND engagement = 'inactive';
