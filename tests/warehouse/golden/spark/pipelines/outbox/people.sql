SELECT
  contact_id,
  email,
  locale,
  timezone,
  preferred_channel,
  order_count
FROM facts.contacts
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM concerned
    EXCEPT
    SELECT
      contact_id
    FROM people
  );
