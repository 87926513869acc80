SELECT
  message_key,
  template,
  contact_id,
  enrolment_id,
  activity,
  triggered_at,
  trigger_data,
  GET_JSON_OBJECT(trigger_data, CONCAT('$[\'', 'order_id', '\']')) AS order_id,
  GET_JSON_OBJECT(trigger_data, CONCAT('$[\'', 'cart_id', '\']')) AS cart_id,
  GET_JSON_OBJECT(trigger_data, CONCAT('$[\'', 'product_id', '\']')) AS product_id,
  CASE
    WHEN NOT COALESCE(
      GET_JSON_OBJECT(trigger_data, CONCAT('$[\'', 'registration_id', '\']')),
      GET_JSON_OBJECT(trigger_data, CONCAT('$[\'', 'starts_at', '\']'))
    ) IS NULL
    THEN GET_JSON_OBJECT(trigger_data, CONCAT('$[\'', 'event_id', '\']'))
  END AS event_id,
  GET_JSON_OBJECT(trigger_data, CONCAT('$[\'', 'subscription_id', '\']')) AS subscription_id
FROM render_triggers;
