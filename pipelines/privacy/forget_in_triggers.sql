-- Runs of other people that somebody who leaves began, as a friend does: they go on, and know a hash where the id was.
update journeys.enrolments
set trigger_data = cast(replace(cast(trigger_data as varchar), '"' || $leaving || '"', '"' || rl_sha256($leaving) || '"') as json)
where contains(cast(trigger_data as varchar), '"' || $leaving || '"');

update journeys.starts
set trigger_data = cast(replace(cast(trigger_data as varchar), '"' || $leaving || '"', '"' || rl_sha256($leaving) || '"') as json)
where contains(cast(trigger_data as varchar), '"' || $leaving || '"');
