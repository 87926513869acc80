-- The verdict on every candidate.
create or replace temp table verdicts as
select j.*, case when j.alone is null and t.contact_id is not null then 'in_other_scenario' else j.alone end as reason
from judged_alone j
left join taken_elsewhere t on t.scenario = j.scenario and t.contact_id = j.contact_id;
