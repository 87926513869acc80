SELECT
  event_id AS activity_id,
  contact_id,
  occurred_at,
  loaded_at,
  product_id AS key,
  cart_value AS value,
  event_id,
  session_id,
  url,
  product_id,
  cart_id,
  cart_value,
  props
FROM shop.site_events
WHERE
  name = 'product_viewed';
