SELECT
  m.scenario,
  CASE WHEN s.state IN ('accepted', 'unknown') THEN s.state ELSE m.status END AS status,
  CASE WHEN s.state IN ('accepted', 'unknown') THEN NULL ELSE m.reason END AS reason,
  COUNT(*) AS messages
FROM outbox.messages AS m
LEFT JOIN (
  SELECT
    message_key,
    state,
    ROW_NUMBER() OVER (
      PARTITION BY message_key
      ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
    ) AS place
  FROM delivery.sends
) AS s
  ON s.message_key = m.message_key AND s.place = 1
WHERE
  m.as_of = :as_of
GROUP BY
  1,
  2,
  3
ORDER BY
  1 NULLS LAST,
  2 NULLS LAST,
  3 NULLS LAST;
