select s.order_id, s.ordered_at, r.total
from source s
join raw.orders r on r.order_id = s.order_id
join read_csv('b.csv') b on true
join sources t on true
