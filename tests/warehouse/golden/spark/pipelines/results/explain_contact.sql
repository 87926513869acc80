SELECT
  contact_id,
  email,
  phone,
  country,
  locale,
  timezone,
  created_at
FROM shop.contacts
WHERE
  contact_id = :asked OR email = LOWER(:asked)
ORDER BY
  CASE WHEN contact_id = :asked THEN 0 ELSE 1 END NULLS LAST,
  contact_id NULLS LAST
LIMIT 1;
