-- What this tick changes in each contact's lead score.
create or replace temp table changed_points as
with parts as (
    select contact_id, false as anew, points from counted_points where contact_id is not null
    union all
    select contact_id, true, 0 from recounted where block = 'points'
)
select contact_id, bool_or(anew) as anew, cast(sum(points) as bigint) as points from parts group by contact_id;
