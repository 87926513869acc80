-- The contact of the row, before and after.
create or replace temp table concerned as
select contact_id from corrected;
