-- One order an invoice of a known customer, counting lines of a positive quantity and price.
-- Some invoices carry more than one minute: the first counts.
select
    InvoiceNo as order_id,
    CustomerID as contact_id,
    min(InvoiceDate) as ordered_at,
    'placed' as status,
    sum(Quantity * cast(UnitPrice as decimal(18, 4))) as total
from source
where CustomerID is not null and Quantity > 0 and UnitPrice > 0
group by InvoiceNo, CustomerID
