-- What is not of its attribute's type is no answer, and is kept for a person to look at.
delete from facts.unread_answers
where contact_id in (select contact_id from answers_anew) or (activity is null and contact_id in (select contact_id from file_read));

insert into facts.unread_answers
select contact_id, attribute, said, answered_at, activity, activity_id, loaded_at from answers_read where value is null;

-- Everything that stands for the contacts something was read of: the latest answer, else what the contacts file says.
create or replace temp table attributes_standing as
with before as (
    select s.contact_id, s.attribute, s.value, s.answered_at, s.activity, s.activity_id
    from facts.stored_attributes s
    where s.contact_id in (select contact_id from answers_read union all select contact_id from file_read)
), said as (
    select contact_id, attribute, value, answered_at, activity, activity_id from answers_read where value is not null
    union all
    select b.contact_id, b.attribute, b.value, b.answered_at, b.activity, b.activity_id
    from before b
    where not exists (select 1 from answers_anew n where n.contact_id = b.contact_id)
        and (b.activity is not null or not exists (select 1 from file_read f where f.contact_id = b.contact_id))
), ranked as (
    select
        contact_id, attribute, value, answered_at, activity, activity_id,
        row_number() over (
            partition by contact_id, attribute
            order by case when activity is null then 1 else 0 end, answered_at desc, activity_id desc, activity desc, value desc
        ) as place
    from said
)
select
    coalesce(r.contact_id, b.contact_id) as contact_id, coalesce(r.attribute, b.attribute) as attribute,
    r.value, r.answered_at, r.activity, r.activity_id,
    r.value is distinct from b.value or r.answered_at is distinct from b.answered_at
        or r.activity is distinct from b.activity or r.activity_id is distinct from b.activity_id as changed
from (select contact_id, attribute, value, answered_at, activity, activity_id from ranked where place = 1) r
full join before b on b.contact_id = r.contact_id and b.attribute = r.attribute;

-- Only contacts for whom something changed are written.
create or replace temp table attributes_changed as
select distinct contact_id from attributes_standing where changed;

delete from facts.stored_attributes where contact_id in (select contact_id from attributes_changed);

insert into facts.stored_attributes
select contact_id, attribute, value, answered_at, activity, activity_id
from attributes_standing
where value is not null and contact_id in (select contact_id from attributes_changed);
