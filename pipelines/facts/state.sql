-- What facts are counted for from now on.
delete from facts.state;

insert into facts.state
select
    cast($as_of as timestamp), cast($day as date), cast($since_30d as timestamp), cast($since_90d as timestamp), cast($since_180d as timestamp),
    greatest(cast($as_of as timestamp), max(as_of)), $rules
from raw.loads;
