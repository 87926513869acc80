-- The category that a product, or a page that shows one, stands for.
create or replace temp view placed as
select 'product' as kind, product_id as ref, category from facts.products where category is not null
union all
select 'page' as kind, page as ref, arg_min(category, product_id) as category
from facts.products where category is not null and page is not null group by page;
