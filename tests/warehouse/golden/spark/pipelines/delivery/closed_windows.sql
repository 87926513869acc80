SELECT
  t.message_key,
  o.opens_at
FROM touched AS t
JOIN openings AS o
  ON o.window_id = t.window_id
  AND o.zone = t.zone
  AND :now >= o.next_from
  AND :now < o.closes_at
WHERE
  o.opens_at > :now;
