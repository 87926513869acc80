-- The pairs that most orders hold, each once, by the names of their products.
select coalesce(p.name, t.product_id) as product, coalesce(r.name, t.related_id) as related, t.support, round(t.confidence, 2) as confidence, round(t.lift, 1) as lift
from facts.bought_together t
left join shop.current_products p on p.product_id = t.product_id
left join shop.current_products r on r.product_id = t.related_id
where t.product_id < t.related_id
order by t.support desc, t.lift desc, t.product_id, t.related_id
limit $limit;
