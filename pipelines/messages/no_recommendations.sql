-- No template of the batch proposes anything: nothing is looked for.
create or replace temp table render_recommendations as
select message_key, product_id, 0 as place from render_mentioned where false;
