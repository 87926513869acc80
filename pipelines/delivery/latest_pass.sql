-- The latest instant whose journal must be there: of the last pass that claimed something, of the time that a person went on without
-- journals that were lost, or of that at which the warehouse got its name: one of 12 digits is of a version that left no journal then.
select max(k.instant) as latest
from (
    select max(changed_at) as instant from delivery.sends where state = 'claimed'
    union all
    select max(since) as instant from delivery.warehouse_name where length(name) > 12
    union all
    select max(reconciled_at) as instant from delivery.lost_journals
) k;
