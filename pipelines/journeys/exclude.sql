-- Of scenarios that exclude each other and are entered in one tick, the one of higher priority takes the contact, then the first by name:
-- whom one scenario loses to those before it. A scenario that lost a contact itself takes nobody from others.
insert into taken_elsewhere by name
select distinct j.scenario, j.contact_id
from judged_alone j
join live l on l.scenario = j.scenario
join exclusive_pairs x on x.scenario = j.scenario
join judged_alone o on o.scenario = x.other and o.contact_id = j.contact_id and o.alone is null
join live m on m.scenario = o.scenario
where j.scenario = $scenario and j.alone is null
    and (m.priority > l.priority or (m.priority = l.priority and o.scenario < j.scenario))
    and not exists (select 1 from taken_elsewhere t where t.scenario = o.scenario and t.contact_id = o.contact_id);
