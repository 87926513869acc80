-- What gives points: points last from `since` on, and lasted from `was` on when facts were last counted. score.py adds
-- one branch a rule of the settings.
create or replace temp view scored as
select
    cast(null as varchar) as contact_id, cast(null as timestamp) as occurred_at, cast(null as timestamp) as loaded_at,
    cast(null as bigint) as points, cast(null as timestamp) as since, cast(null as timestamp) as was
where false;

-- Whose points must be counted anew: contacts with something new in a table whose activities are dated by a column that
-- is filled in later (shipped, renewed…), which `loaded_at` alone cannot tell. score.py adds one branch an activity.
create or replace temp view restated as
select cast(null as varchar) as contact_id where false;

-- Contract tables that points come from. score.py adds one branch a table.
create or replace temp view scored_tables as
select cast(null as varchar) as name where false;
