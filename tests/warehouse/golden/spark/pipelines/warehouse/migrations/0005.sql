SELECT
  *
FROM delivery.links;

SELECT
  l.message_key,
  l.link,
  l.url,
  l.handed_at,
  m.template AS message
FROM links_before AS l
LEFT JOIN outbox.messages AS m
  ON m.message_key = l.message_key;
