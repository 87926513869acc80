-- The versions whose questions are asked again: those of waiting messages.
create or replace temp table live as
select distinct w.scenario, w.version, cast(null as varchar) as query from waiting w;
