SELECT
  message_key,
  link,
  url,
  handed_at,
  message
FROM (
  SELECT
    n.message_key,
    n.link,
    n.url,
    :now AS handed_at,
    t.template AS message,
    ROW_NUMBER() OVER (PARTITION BY n.message_key, n.url ORDER BY n.place NULLS LAST) AS _w
  FROM named_links AS n
  LEFT JOIN to_render AS t
    ON t.message_key = n.message_key
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM delivery.links AS l
      WHERE
        l.message_key = n.message_key AND l.url = n.url
    )
) AS _t
WHERE
  _w = 1;
