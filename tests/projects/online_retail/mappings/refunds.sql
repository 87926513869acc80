-- One refund a cancelled invoice of a known customer; the export does not say which order it cancels.
select
    InvoiceNo as refund_id,
    CustomerID as contact_id,
    min(InvoiceDate) as refunded_at,
    -sum(Quantity * cast(UnitPrice as decimal(18, 4))) as amount
from source
where InvoiceNo like 'C%' and CustomerID is not null
group by InvoiceNo, CustomerID
