-- Two versions may weigh a split differently, and runs of both may bring a contact there in one walk. The older version
-- draws; runs that drew another arm are put off, and walk again once its arm stands.
create or replace temp table put_off as
select t.* from touched t
where t.enrolment_id in (
    select w.enrolment_id
    from walked w
    join walked o on o.scenario = w.scenario and o.contact_id = w.contact_id and o.step = w.step and o.version < w.version and o.arm <> w.arm
    where w.round = $round and o.round = $round and w.kind = 'split' and o.kind = 'split'
);

delete from walked where round = $round and enrolment_id in (select enrolment_id from put_off);

delete from touched where enrolment_id in (select enrolment_id from put_off);
