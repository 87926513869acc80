-- Who recommends and who was recommended.
create or replace temp table concerned as
select referrer_id as contact_id from corrected
union all
select referee_id from corrected;
