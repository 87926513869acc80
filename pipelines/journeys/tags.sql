-- Tags put on and taken off, dated by the tick: facts and conditions know of them from the next one on.
update raw.contact_tags set removed_at = $as_of
where removed_at is null
    and exists (select 1 from walked w where w.round = $round and w.ready and w.kind = 'untag' and w.contact_id = contact_tags.contact_id and w.word = contact_tags.tag);

insert into raw.contact_tags by name
select distinct w.contact_id, w.word as tag, $as_of as added_at, 'scenario' as source, 'relance' as loaded_from, $as_of as loaded_at
from walked w
where w.round = $round and w.ready and w.kind = 'tag'
    and not exists (
        select 1 from raw.contact_tags t where t.contact_id = w.contact_id and t.tag = w.word and (t.removed_at is null or t.added_at = $as_of)
    );
