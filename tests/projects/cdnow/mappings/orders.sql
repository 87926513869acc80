-- One order a contact and day, so named: two purchases of one day are one, and the file names none.
select
    substr(column0, 8, 4) || '-' || substr(column0, 13, 8) as order_id,
    substr(column0, 8, 4) as contact_id,
    substr(column0, 13, 8) as ordered_at,
    sum(cast(trim(substr(column0, 24)) as decimal(18, 2))) as total
from source
group by substr(column0, 8, 4), substr(column0, 13, 8)
