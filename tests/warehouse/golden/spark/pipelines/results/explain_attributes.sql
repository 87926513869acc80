SELECT
  attribute,
  value,
  answered_at,
  activity,
  activity_id
FROM facts.attributes
WHERE
  contact_id = :contact
ORDER BY
  attribute NULLS LAST;
