SELECT
  q.*,
  f.email
FROM segment_query AS q
LEFT JOIN facts.contacts AS f
  ON f.contact_id = q.contact_id
ORDER BY
  q.contact_id NULLS LAST
LIMIT :limit;
