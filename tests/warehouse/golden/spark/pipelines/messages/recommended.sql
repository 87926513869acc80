SELECT
  message_key,
  product_id
FROM render_recommendations
ORDER BY
  message_key NULLS LAST,
  place NULLS LAST;
