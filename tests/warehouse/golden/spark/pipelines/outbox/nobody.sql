SELECT
  contact_id,
  email,
  locale,
  timezone,
  preferred_channel,
  order_count
FROM facts.contacts
WHERE
  FALSE;
