SELECT
  state,
  COUNT(*)
FROM (
  SELECT
    state
  FROM (
    SELECT
      state,
      ROW_NUMBER() OVER (
        PARTITION BY message_key
        ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
      ) AS _w
    FROM delivery.sends
    WHERE
      sender = :sender
  ) AS _t
  WHERE
    _w = 1
) AS latest
GROUP BY
  state
ORDER BY
  state NULLS LAST;
