-- Counted before, for contacts with something new, less what is counted anew.
create or replace temp table interests_before as
select
    b.contact_id, b.contact_no, b.category,
    case when v.contact_id is null then b.visited else 0 end as visited,
    case when c.contact_id is null then b.clicked else 0 end as clicked,
    case when o.contact_id is null then b.bought else 0 end as bought,
    case when t.contact_id is null then b.tagged else 0 end as tagged
from (
    select n.contact_id, n.contact_no, s.category, s.visited, s.clicked, s.bought, s.tagged
    from facts.stored_interests s
    join touched_contacts n on n.contact_no = s.contact_no
) b
left join recounted v on v.contact_id = b.contact_id and v.block = 'site_events'
left join recounted c on c.contact_id = b.contact_id and c.block = 'message_events'
left join recounted o on o.contact_id = b.contact_id and o.block = 'orders'
left join recounted t on t.contact_id = b.contact_id and t.block = 'contact_tags'
where b.contact_id in (
    select contact_id from counted_site_events where name = 'product_viewed'
    union all select contact_id from counted_message_events where kind = 'clicked'
    union all select contact_id from bought
    union all select contact_id from recounted where block in ('orders', 'site_events', 'message_events', 'contact_tags')
);

delete from facts.stored_interests where contact_no in (select contact_no from interests_before);

-- Before and change together. A contact of whom nothing is left has a row of zeros, so that it is not overlooked below.
create or replace temp table interests as
with touches as (
    select e.contact_id, p.category, 'visited' as touch
    from counted_site_events e
    join placed p on p.kind = 'product' and p.ref = e.product_id
    where e.name = 'product_viewed'
    union all
    select e.contact_id, p.category, 'clicked'
    from counted_message_events e
    join placed p on p.kind = 'page' and p.ref = split_part(e.url, '?', 1)
    where e.kind = 'clicked'
    union all
    select contact_id, category, 'bought' from bought where category is not null
    union all
    select contact_id, tag, 'tagged' from counted_tags group by contact_id, tag
    union all
    select contact_id, '', 'none' from recounted where block in ('orders', 'site_events', 'message_events', 'contact_tags')
), counted as (
    select
        contact_id, category,
        count(case when touch = 'visited' then 1 end) as visited, count(case when touch = 'clicked' then 1 end) as clicked,
        count(case when touch = 'bought' then 1 end) as bought, count(case when touch = 'tagged' then 1 end) as tagged
    from touches group by contact_id, category
)
select
    coalesce(c.contact_id, b.contact_id) as contact_id, coalesce(c.category, b.category) as category,
    coalesce(c.visited, 0) + coalesce(b.visited, 0) as visited, coalesce(c.clicked, 0) + coalesce(b.clicked, 0) as clicked,
    coalesce(c.bought, 0) + coalesce(b.bought, 0) as bought, coalesce(c.tagged, 0) + coalesce(b.tagged, 0) as tagged
from counted c
full join interests_before b on b.contact_id = c.contact_id and b.category = c.category;

insert into facts.stored_interests
select i.contact_id, i.category, i.visited, i.clicked, i.bought, i.tagged, t.contact_no
from interests i
join touched_contacts t on t.contact_id = i.contact_id
where i.visited + i.clicked + i.bought + i.tagged > 0;

-- The category each of these contacts bought most, and the three of most interest.
create or replace temp table changed_interests as
with weighed as (
    select contact_id, category, bought, visited + 3 * clicked + 5 * bought + 10 * tagged as interest from interests
), ranked as (
    select
        contact_id, category, bought, interest,
        max(bought) over (partition by contact_id) as most,
        row_number() over (partition by contact_id order by interest desc, category) as place
    from weighed
)
select
    contact_id,
    min(case when bought > 0 and bought = most then category end) as favourite_category,
    max(case when place = 1 and interest > 0 then category end)
        || coalesce(',' || max(case when place = 2 and interest > 0 then category end), '')
        || coalesce(',' || max(case when place = 3 and interest > 0 then category end), '') as top_interests
from ranked group by contact_id;

drop table interests_before;
drop table interests;
