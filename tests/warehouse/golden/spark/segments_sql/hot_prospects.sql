SELECT
  contact_id
FROM facts.contacts
WHERE
  order_count = 0
  AND (
    newsletter
    OR has_account
    OR NOT last_quote_at IS NULL
    OR NOT last_cart_at IS NULL
    OR product_views_30d >= 3
    OR clicks_90d >= 2
  );
