-- One contact a number in this sample (its zeros are part of it), known since the first purchase.
select
    substr(column0, 8, 4) as contact_id,
    min(substr(column0, 13, 8)) as created_at
from source
group by substr(column0, 8, 4)
