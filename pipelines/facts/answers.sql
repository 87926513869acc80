-- What contacts said that is the value of a declared attribute. `value` is null where it is not of the attribute's type.
-- attributes.py adds one branch an attribute and activity.
create or replace temp view answered as
select
    cast(null as varchar) as contact_id, cast(null as varchar) as attribute, cast(null as varchar) as said, cast(null as varchar) as value,
    cast(null as timestamp) as answered_at, cast(null as varchar) as activity, cast(null as varchar) as activity_id, cast(null as timestamp) as loaded_at
where false;

-- What the contacts file says under the name of an attribute. attributes.py adds one branch an attribute.
create or replace temp view filed as
select
    cast(null as varchar) as contact_id, cast(null as varchar) as attribute, cast(null as varchar) as said, cast(null as varchar) as value,
    cast(null as timestamp) as answered_at, cast(null as varchar) as activity, cast(null as varchar) as activity_id, cast(null as timestamp) as loaded_at
where false;

-- Whose answers must be read anew: contacts with something new in a table whose activities are dated by a column that is
-- filled in later. attributes.py defines it anew where such an activity is declared.
create or replace temp view answers_restated as
select cast(null as varchar) as contact_id where false;

-- Contract tables that answers come from. attributes.py adds one branch a table.
create or replace temp view answer_tables as
select cast(null as varchar) as name where false;
