WITH due AS (
  SELECT
    message_key,
    scenario,
    status,
    reason
  FROM outbox.messages
  WHERE
    as_of = :as_of
), last_states AS (
  SELECT
    message_key,
    state
  FROM (
    SELECT
      message_key,
      state,
      ROW_NUMBER() OVER (
        PARTITION BY message_key
        ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
      ) AS _w
    FROM delivery.sends
    WHERE
      message_key IN (
        SELECT
          message_key
        FROM due
      )
  ) AS _t
  WHERE
    _w = 1
)
SELECT
  d.scenario,
  CASE WHEN s.state IN ('accepted', 'unknown') THEN s.state ELSE d.status END AS status,
  CASE WHEN s.state IN ('accepted', 'unknown') THEN NULL ELSE d.reason END AS reason,
  COUNT(*) AS messages
FROM due AS d
LEFT JOIN last_states AS s
  ON s.message_key = d.message_key
GROUP BY
  1,
  2,
  3
ORDER BY
  1 NULLS LAST,
  2 NULLS LAST,
  3 NULLS LAST;
