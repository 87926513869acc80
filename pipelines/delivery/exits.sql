-- Waiting messages whose run met its goal or an exit since the tick, by everything loaded by now, or was ejected.
create or replace temp table exited as
select w.message_key, min(c.role) as detail
from waiting w
join journeys.enrolments e on e.enrolment_id = w.enrolment_id
join journeys.conditions c on c.scenario = w.scenario and c.version = w.version and c.role in ('goal', 'exit')
join probe_matches m on m.probe = c.probe and m.contact_id = w.contact_id
where (c.role <> 'goal' or c.within_seconds is null or m.occurred_at <= rl_add_seconds(e.entered_at, c.within_seconds))
    and case
        when m.occurred_at = e.triggered_at and coalesce(m.activity = e.activity, false) then false
        when c.match_key is not null and m.key is not null and e.trigger_key is not null then m.key = e.trigger_key
        else m.occurred_at >= e.triggered_at
    end
group by w.message_key
union
select w.message_key, d.outcome
from waiting w
join journeys.endings d on d.enrolment_id = w.enrolment_id and d.outcome <> 'completed';
