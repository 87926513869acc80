-- Every `where:` that this tick's decisions asked about the facts of a contact: in branches and waits, and in audiences.
create or replace temp table facts_asked as
select distinct w.scenario, w.enrolment_id, w.contact_id, w.node, c.query, t.kind, coalesce(t.activities, '') as activities, t.source
from walked w
join journeys.conditions c on c.scenario = w.scenario and c.version = w.version and c.kind = 'where'
join journeys.triggers t on t.scenario = w.scenario and t.version = w.version
where w.ready and w.kind in ('if', 'wait_for')
    and (
        c.condition = w.condition
        or exists (
            select 1 from journeys.alternatives a
            where a.scenario = w.scenario and a.version = w.version and a.condition = w.condition and a.part = c.condition
        )
    )
union all
select distinct d.scenario, d.enrolment_id, d.contact_id, cast(null as bigint), l.audience_where, '', '', cast(null as varchar)
from journeys.decisions d
join live l on l.scenario = d.scenario and l.audience_where is not null
where d.as_of = $as_of and d.node is null and (d.outcome = 'entered' or (d.outcome = 'refused' and d.reason = 'not_in_audience'));
