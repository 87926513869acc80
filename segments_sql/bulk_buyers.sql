-- Buy large quantities: once at least param bulk_quantity pieces of one product, or at least param bulk_items_per_order
-- pieces per order on average.
-- owner: team:sales
-- refresh: daily
select contact_id
from facts.contacts
where order_count > 0
    and (
        largest_quantity >= param('bulk_quantity')
        or items_bought >= param('bulk_items_per_order') * order_count
    )
