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
