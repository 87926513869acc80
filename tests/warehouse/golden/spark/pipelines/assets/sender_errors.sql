WITH failed AS (
  SELECT
    s.changed_at,
    s.state,
    s.error,
    m.contact_id,
    m.address
  FROM delivery.sends AS s
  LEFT JOIN outbox.messages AS m
    ON m.message_key = s.message_key
  WHERE
    s.sender = :sender AND NOT s.error IS NULL
  ORDER BY
    s.changed_at DESC,
    s.state NULLS LAST,
    s.error NULLS LAST,
    s.message_key NULLS LAST
  LIMIT 1000
), named AS (
  SELECT
    f.changed_at,
    f.state,
    REPLACE(
      REPLACE(f.error, COALESCE(SPLIT_PART(f.address, ' ', 1), '…'), '…'),
      COALESCE(f.contact_id, '…'),
      '…'
    ) AS error,
    '(^|[^\\pL\\pN])(\\Q' || CASE
      WHEN LENGTH(c.first_name) > 2
      THEN REPLACE(c.first_name, '\\E', '')
      ELSE '…'
    END || '\\E|\\Q' || CASE WHEN LENGTH(c.last_name) > 2 THEN REPLACE(c.last_name, '\\E', '') ELSE '…' END || '\\E)([^\\pL\\pN]|$)' AS names
  FROM failed AS f
  LEFT JOIN raw.contacts AS c
    ON c.contact_id = f.contact_id
), nameless AS (
  SELECT
    changed_at,
    state,
    TRIM(REGEXP_REPLACE(REGEXP_REPLACE(error, names, ' … '), names, ' … ')) AS error
  FROM named
)
SELECT
  changed_at,
  state,
  error,
  COUNT(*) AS messages
FROM nameless
GROUP BY
  changed_at,
  state,
  error
ORDER BY
  changed_at DESC,
  messages DESC,
  state NULLS LAST,
  error NULLS LAST
LIMIT :limit;
