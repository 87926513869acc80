SELECT
  member,
  fingerprint,
  email,
  phone,
  first_name,
  last_name,
  country,
  postcode
FROM audience_news
WHERE
  audience = :audience AND place > :after AND place <= :until
ORDER BY
  place NULLS LAST;
