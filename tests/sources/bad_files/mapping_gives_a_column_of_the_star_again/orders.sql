select
    *,
    replace(total, '.', ',') as total
from source
