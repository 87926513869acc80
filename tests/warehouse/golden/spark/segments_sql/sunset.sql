SELECT
  t.contact_id
FROM shop.contact_tags AS t
INNER JOIN facts.contacts AS c
  ON t.contact_id = c.contact_id
WHERE
  t.tag = 'sunset' AND t.removed_at IS NULL
GROUP BY
  t.contact_id
HAVING
  MAX(t.added_at) >= COALESCE(
    MAX(GREATEST(c.last_session_at, c.last_click_at, c.last_order_at)),
    CAST('1900-01-01' AS TIMESTAMP_NTZ)
  );
