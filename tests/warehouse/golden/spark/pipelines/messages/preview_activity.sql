SELECT
  CAST(NULL AS STRING) AS enrolment_id,
  name AS activity,
  occurred_at AS triggered_at,
  props AS trigger_data
FROM shop.activities
WHERE
  contact_id = :contact_id
  AND (
    (
      name = 'cart_updated' AND :cart
    )
    OR (
      name = 'order_placed' AND :order
    )
    OR (
      name = 'product_viewed' AND :product
    )
  )
ORDER BY
  occurred_at DESC,
  activity_id NULLS LAST
LIMIT 1;
