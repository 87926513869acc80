-- The lines of those orders, numbered as they stand in the file; lines that are alike in everything are lines all the same.
select
    InvoiceNo as order_id,
    row_number() over (partition by InvoiceNo order by file_line) as line_no,
    StockCode as product_id,
    Quantity as quantity,
    UnitPrice as unit_price,
    file_line
from source
where CustomerID is not null and Quantity > 0 and UnitPrice > 0
