SELECT
  contact_id
FROM (
  SELECT
    contact_id,
    1 AS choice,
    due_at AS seen_at
  FROM outbox.messages
  WHERE
    template = :message
  UNION ALL
  SELECT
    contact_id,
    2 AS choice,
    created_at AS seen_at
  FROM shop.contacts
) AS candidates
ORDER BY
  choice NULLS LAST,
  seen_at DESC,
  contact_id NULLS LAST
LIMIT 1;
