SELECT
  CAST(NULL AS STRING) AS message_key,
  CAST(NULL AS STRING) AS contact_id,
  CAST(NULL AS STRING) AS activity,
  CAST(NULL AS TIMESTAMP_NTZ) AS triggered_at,
  CAST(NULL AS STRING) AS trigger_data,
  CAST(NULL AS STRING) AS order_id,
  CAST(NULL AS STRING) AS cart_id,
  CAST(NULL AS STRING) AS product_id,
  CAST(NULL AS STRING) AS event_id,
  CAST(NULL AS STRING) AS subscription_id
WHERE
  FALSE;
