SELECT
  email,
  phone,
  first_name,
  last_name,
  country,
  postcode
FROM audience_joining
WHERE
  audience = :audience AND line > :after AND line <= :until
ORDER BY
  line NULLS LAST;
