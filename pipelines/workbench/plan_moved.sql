-- Whom `migrate` moved with the one set of files and not with the other.
select m.scenario, m.from_version, m.from_step, m.to_version, m.to_step, count(*) as people
from journeys.moves m
left join moves_before b on b.enrolment_id = m.enrolment_id and b.to_version = m.to_version
where b.enrolment_id is null
group by m.scenario, m.from_version, m.from_step, m.to_version, m.to_step
order by m.scenario, m.from_version, m.from_step;
