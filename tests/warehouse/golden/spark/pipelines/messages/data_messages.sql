SELECT
  message_key,
  contact_id,
  activity,
  triggered_at,
  trigger_data,
  order_id,
  cart_id,
  product_id,
  event_id,
  subscription_id
FROM render_subjects
WHERE
  template = :message
  AND message_key >= COALESCE(:first, message_key)
  AND message_key <= COALESCE(:last, message_key);
