-- The last time the contact did something that brings what the template speaks about: a cart, an order, a product page.
select cast(null as varchar) as enrolment_id, name as activity, occurred_at as triggered_at, props as trigger_data
from shop.activities
where contact_id = $contact_id
  and ((name = 'cart_updated' and $cart) or (name = 'order_placed' and $order) or (name = 'product_viewed' and $product))
order by occurred_at desc, activity_id
limit 1;
