-- The last word of this tick's steps on each tag of a contact; of steps of one moment the removal.
create or replace temp table tags_said as
select contact_id, word as tag, kind from walked
where ready and kind in ('tag', 'untag')
qualify row_number() over (partition by contact_id, word order by reached_at desc, kind desc) = 1;

-- Tags taken off and put on, dated by the tick: facts and conditions know of them from the next one on.
update raw.contact_tags set removed_at = $as_of
where removed_at is null
    and exists (select 1 from tags_said s where s.kind = 'untag' and s.contact_id = contact_tags.contact_id and s.tag = contact_tags.tag);

insert into raw.contact_tags by name
select s.contact_id, s.tag, $as_of as added_at, 'scenario' as source, 'relance' as loaded_from, $as_of as loaded_at
from tags_said s
where s.kind = 'tag'
    and not exists (
        select 1 from raw.contact_tags t where t.contact_id = s.contact_id and t.tag = s.tag and (t.removed_at is null or t.added_at = $as_of)
    );
