SELECT
  COALESCE(email, '') AS email,
  COALESCE(phone, '') AS phone,
  COALESCE(country, '') AS country
FROM leaving
ORDER BY
  contact_id NULLS LAST;
