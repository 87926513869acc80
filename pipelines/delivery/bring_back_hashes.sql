-- What was noted beside the journals and the warehouse lacks.
insert into delivery.suppressions by name
select kind as channel, hash as address_hash, reason, case when topic <> '' then topic end as topic, since
from noted_alone
where what = 'suppressed';

insert into delivery.forgotten by name
select kind, hash, since
from noted_alone
where what = 'forgotten';
