SELECT
  response_id AS activity_id,
  contact_id,
  occurred_at,
  loaded_at,
  order_id AS key,
  CASE WHEN score BETWEEN -999999999999999 AND 999999999999999 THEN score END AS value,
  response_id,
  order_id,
  score,
  comment
FROM shop.survey_responses;
