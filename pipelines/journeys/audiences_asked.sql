-- Who was put into audiences or taken out, as of the moment they came to the step, so that ticks of any cadence agree. Those held out are
-- not put in; whatever put somebody in before, a removal takes them out.
insert into audiences.asked by name
select distinct
    w.word as audience, w.contact_id, case w.kind when 'sync' then 'add' else 'remove' end as action, w.reached_at as asked_at,
    w.enrolment_id, w.scenario, $as_of as as_of
from walked w
where w.round = $round and w.ready and w.kind in ('sync', 'unsync') and (w.kind = 'unsync' or not w.ghost);
