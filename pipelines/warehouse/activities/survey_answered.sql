-- A survey was answered; value is the score.
-- key: order_id
-- value: score
select
    response_id as activity_id, contact_id, occurred_at, loaded_at,
    order_id as key, case when score between -999999999999999 and 999999999999999 then score end as value,
    response_id, order_id, score, comment
from shop.survey_responses
