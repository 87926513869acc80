-- The contact of the cart's event.
create or replace temp table concerned as
select e.contact_id from corrected c join raw.site_events e on e.event_id = c.event_id;
