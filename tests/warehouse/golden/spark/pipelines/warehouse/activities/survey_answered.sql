SELECT
  response_id AS activity_id,
  contact_id,
  occurred_at,
  loaded_at,
  order_id AS key,
  score AS value,
  response_id,
  order_id,
  score,
  comment
FROM shop.survey_responses;
