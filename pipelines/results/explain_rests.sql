-- Where the runs of a contact that were on their way after a tick rested then: where they are now, or the first step they left later.
select enrolment_id, scenario, version, node, leave_at
from (
    select d.enrolment_id, d.scenario, d.version, d.node, d.decided_at as leave_at,
        row_number() over (
            partition by d.enrolment_id
            order by d.as_of, d.decided_at, case when n.kind in ('wait', 'wait_until', 'wait_days', 'wait_date', 'wait_for') then 0 else 1 end, d.node
        ) as place
    from journeys.decisions d
    join journeys.nodes n on n.scenario = d.scenario and n.version = d.version and n.node = d.node
    where d.contact_id = $contact and d.as_of > $as_of
    union all
    select p.enrolment_id, p.scenario, p.version, p.node, p.leave_at, 1
    from journeys.positions p
    where p.contact_id = $contact and not exists (
        select 1 from journeys.decisions d where d.enrolment_id = p.enrolment_id and d.contact_id = $contact and d.as_of > $as_of and d.node is not null
    )
) r
where place = 1 and enrolment_id in (select enrolment_id from journeys.enrolments where contact_id = $contact and entered_as_of <= $as_of)
    and enrolment_id not in (select enrolment_id from journeys.endings where contact_id = $contact and as_of <= $as_of)
order by enrolment_id;
