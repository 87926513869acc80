SELECT
  r.message_key,
  r.attempt,
  r.place
FROM to_render AS r
WHERE
  r.message_key IN (
    SELECT
      message_key
    FROM claimed
  );

SELECT
  1
FROM going
WHERE
  place IN (
    SELECT
      place
    FROM batch
  );

SELECT
  b.message_key,
  :sender AS sender,
  b.attempt,
  'claimed' AS state,
  :now AS changed_at,
  CAST(NULL AS STRING) AS provider_message_id,
  CAST(NULL AS STRING) AS error,
  CAST(NULL AS TIMESTAMP_NTZ) AS retry_at
FROM batch AS b;
