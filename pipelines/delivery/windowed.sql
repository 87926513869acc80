-- Waiting messages that may go in a window alone, with the zone of their contact. Those whose moment is still to come have one in it.
create or replace temp table touched as
select w.message_key, n.window_id, coalesce(p.timezone, $zone) as zone
from waiting w
join journeys.nodes n on n.scenario = w.scenario and n.version = w.version and n.step = w.step and n.kind = 'send' and n.window_id is not null
left join people p on p.contact_id = w.contact_id
where w.category = 'marketing' and w.not_before <= $now;

create or replace temp table closed_windows (message_key varchar, opens_at timestamp);
