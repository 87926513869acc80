WITH regulars AS (
  SELECT
    contact_id
  FROM facts.contacts
  WHERE
    order_count >= 2
    AND YEAR(last_order_at) > YEAR(first_order_at)
    AND QUARTER(last_order_at) = QUARTER(first_order_at)
)
SELECT
  o.contact_id
FROM shop.orders AS o
INNER JOIN regulars AS r
  ON o.contact_id = r.contact_id
WHERE
  o.cancelled_at IS NULL
GROUP BY
  o.contact_id
HAVING
  MIN(QUARTER(o.ordered_at)) = MAX(QUARTER(o.ordered_at));
