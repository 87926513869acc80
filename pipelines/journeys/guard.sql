-- Scenarios whose entries of this tick lie far outside their usual range: more than so many times the most of the past
-- 28 days, once there is a week to compare with; a campaign is meant to. A person who released the guard let this backlog in.
select n.scenario, n.entries, u.most
from (select scenario, count(*) as entries from verdicts where reason is null group by scenario) n
join live l on l.scenario = n.scenario and l.kind <> 'campaign'
join (
    select scenario, max(entered) as most, count(*) as ticks from results.scenarios
    where as_of >= rl_add_seconds($as_of, -28 * 86400) and as_of < $as_of
    group by scenario
) u on u.scenario = n.scenario
where u.ticks >= 7 and n.entries >= $min_entries and n.entries > $max_factor * greatest(u.most, 1)
    and not exists (select 1 from runs.guards g where g.scenario = n.scenario and g.released_at is not null and g.tripped_at > l.since)
order by n.scenario;
