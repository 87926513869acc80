-- The phones of those who may be written to or called, and nothing known yet of the numbers.
create or replace temp table phones as
select contact_id, phone, cast(null as varchar) as fault from raw.contacts
where contact_id in (select d.contact_id from due d join channels c on c.channels = d.channels and c.channel in ('sms', 'call_list'));
