SELECT
  message_key,
  product_id
FROM render_subjects
WHERE
  NOT product_id IS NULL;
