-- Nobody's attributes change.
create or replace temp table changed_attributes as
select '' as contact_id, cast(null as json) as attributes where false;
