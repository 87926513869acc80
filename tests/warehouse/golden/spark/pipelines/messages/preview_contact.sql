SELECT
  contact_id,
  locale,
  email,
  phone
FROM shop.contacts
WHERE
  contact_id = :contact_id;
