-- Arms that touched contacts were given before: they stand.
create or replace temp table arms_given as
select a.experiment, a.subject, a.arm
from journeys.arms a
where a.subject in (select contact_id from touched);
