SELECT
  sender,
  state,
  COUNT(*) AS messages
FROM (
  SELECT
    d.sender,
    d.state,
    ROW_NUMBER() OVER (
      PARTITION BY d.message_key
      ORDER BY d.attempt DESC, CASE d.state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
    ) AS place
  FROM delivery.sends AS d
  JOIN outbox.messages AS m
    ON m.message_key = d.message_key
  WHERE
    m.as_of = :as_of
) AS s
WHERE
  place = 1
GROUP BY
  sender,
  state
ORDER BY
  sender NULLS LAST,
  state NULLS LAST;
