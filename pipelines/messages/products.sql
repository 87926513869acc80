-- The card, true now, of every product that a message of the batch shows.
select product_id, name, category, url, image_url, price, stock
from shop.products
where product_id in (select product_id from render_mentioned union all select product_id from render_recommendations)
qualify row_number() over (partition by product_id order by valid_from desc) = 1;
