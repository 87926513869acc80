SELECT
  t.contact_id,
  MAX(t.added_at) AS told_at
FROM shop.contact_tags AS t
INNER JOIN facts.contacts AS c
  ON t.contact_id = c.contact_id
WHERE
  t.tag = 'detractor'
  AND t.removed_at IS NULL
  AND DATEDIFF(
    CAST(CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) AS DATE),
    CAST(t.added_at AS DATE)
  ) < 14
GROUP BY
  t.contact_id;
