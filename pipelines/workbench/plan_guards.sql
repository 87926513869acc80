-- The scenarios that a guard holds.
create or replace table planned_guards as
select scenario, tripped_at, entries, usual from runs.guards where released_at is null;
