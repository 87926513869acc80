-- A survey was answered; value is the score.
-- key: order_id
-- value: score
select
    response_id as activity_id, contact_id, occurred_at, loaded_at,
    order_id as key, score as value,
    response_id, order_id, score, comment
from shop.survey_responses
