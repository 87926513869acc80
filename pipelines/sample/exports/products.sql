-- The card of each product when it appears and whenever its price or stock changes.
create or replace temp table export as
select
    p.product_id, p.name, c.category, $url || '/products/' || p.slug as url, $url || '/images/' || p.slug || '.jpg' as image_url,
    money(d.cents) as price, $currency as currency, d.stock, d.opens_at as valid_from
from product_days d
join range_of_products p on p.product_no = d.product_no
join categories c on c.category_no = p.category_no
where d.changed and d.opens_at >= $opens_at and d.opens_at < $closes_at
order by d.opens_at, p.product_no;
