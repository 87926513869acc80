SELECT
  message_key,
  product_id,
  0 AS place
FROM render_mentioned
WHERE
  FALSE;
