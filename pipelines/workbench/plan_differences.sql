-- Every message that goes with one set of files and not with the other, or goes differently.
create or replace temp table differences as
select scenario, step, contact_id, change, reason, detail, at_before, at_after
from (
    select
        coalesce(a.scenario, b.scenario) as scenario, coalesce(a.step, b.step) as step, coalesce(a.contact_id, b.contact_id) as contact_id,
        case
            when not coalesce(b.goes, false) then 'added'
            when not coalesce(a.goes, false) then 'gone'
            when a.not_before <> b.not_before then 'moved'
            when a.channel <> b.channel or a.template <> b.template or a.locale <> b.locale then 'changed'
            when t.files is not null then 'text'
        end as change,
        coalesce(case when not coalesce(b.goes, false) then b.reason when not coalesce(a.goes, false) then a.reason end, '') as reason,
        case
            when not coalesce(b.goes, false) or not coalesce(a.goes, false) or a.not_before <> b.not_before then ''
            when a.channel <> b.channel or a.template <> b.template or a.locale <> b.locale
                then b.template || ' by ' || b.channel || ' in ' || b.locale || ' becomes ' || a.template || ' by ' || a.channel || ' in ' || a.locale
            else coalesce(t.files, '')
        end as detail,
        case when b.goes then b.not_before end as at_before,
        case when a.goes then a.not_before end as at_after
    from planned_messages a
    full join due_before b on b.message_key = a.message_key
    left join new_texts t on t.template = a.template and t.channel = a.channel and t.locale = a.locale
    where coalesce(a.goes, false) or coalesce(b.goes, false)
) d
where change is not null;
