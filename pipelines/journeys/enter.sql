-- Who runs as a ghost: the first arm of an address stands for ever, new addresses are drawn by hash.
create or replace temp table drawn as
select
    v.scenario, v.contact_id, s.subject, x.experiment,
    a.arm as arm_before,
    coalesce(a.arm, case when rl_bucket(x.experiment || '|' || s.subject, 10000) < x.share * 10000 then 'ghost' else 'treated' end) as arm
from (select distinct scenario, contact_id from verdicts where reason is null) v
join (
    select contact_id, coalesce(rl_sha256(email), contact_id) as subject from people
    where contact_id in (select contact_id from verdicts where reason is null)
) s on s.contact_id = v.contact_id
join (
    select scenario, 'holdout:' || scenario as experiment, holdout as share from live
    union all
    select scenario, 'holdout', $holdout from live where category = 'marketing'
) x on x.scenario = v.scenario
left join journeys.arms a on a.experiment = x.experiment and a.subject = s.subject
where x.share > 0 or a.arm is not null;

insert into journeys.arms by name
select distinct experiment, subject, arm, $as_of as assigned_at from drawn where arm_before is null;

-- Those who enter.
create or replace temp table entered as
select
    v.enrolment_id, v.scenario, v.version, v.contact_id, v.entry_key, v.trigger_key, v.activity_id, v.activity,
    v.triggered_at, v.entered_at, $as_of as entered_as_of,
    exists (select 1 from drawn d where d.scenario = v.scenario and d.contact_id = v.contact_id and d.arm = 'ghost') as ghost,
    v.trigger_data
from verdicts v
where v.reason is null;

insert into journeys.enrolments by name select * from entered;

insert into journeys.decisions by name
select
    $as_of as as_of, v.enrolment_id, v.scenario, v.version, v.contact_id, cast(null as bigint) as node, cast(null as varchar) as step,
    v.entered_at as decided_at, case when v.reason is null then 'entered' else 'refused' end as outcome, v.reason
from verdicts v;

-- They stand before the first node.
insert into journeys.positions by name
select
    enrolment_id, scenario, version, contact_id, cast(0 as bigint) as node, entered_at as reached_at, entered_at as leave_at,
    entered_at, entry_key, trigger_key, triggered_at, activity, ghost, cast(null as varchar) as variant
from entered;
