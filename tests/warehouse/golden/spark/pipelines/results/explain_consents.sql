SELECT
  channel,
  topic,
  basis,
  granted,
  occurred_at
FROM (
  SELECT
    channel,
    topic,
    basis,
    granted,
    occurred_at,
    ROW_NUMBER() OVER (
      PARTITION BY channel, topic
      ORDER BY occurred_at DESC, CASE WHEN granted THEN 1 ELSE 0 END NULLS LAST
    ) AS _w
  FROM shop.consents
  WHERE
    contact_id = :contact
  ORDER BY
    channel NULLS LAST,
    topic NULLS LAST
) AS _t
WHERE
  _w = 1;
