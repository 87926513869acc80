-- Products and pages, in rows loaded or corrected since, for which no category is known: when they get one, those who
-- touched them are looked for; a product that nobody can have touched costs no such search.
insert into facts.unplaced
select t.kind, t.ref
from (
    select 'product' as kind, product_id as ref from raw.order_lines where loaded_at > $loaded_after
    union
    select 'product' as kind, product_id as ref from raw.order_lines where corrected_at > $loaded_after
    union
    select 'product' as kind, product_id as ref from raw.site_events where loaded_at > $loaded_after and name = 'product_viewed'
    union
    select 'product' as kind, product_id as ref from raw.site_events where corrected_at > $loaded_after and name = 'product_viewed'
    union
    select 'page' as kind, split_part(url, '?', 1) as ref from raw.message_events where loaded_at > $loaded_after and kind = 'clicked'
    union
    select 'page' as kind, split_part(url, '?', 1) as ref from raw.message_events where corrected_at > $loaded_after and kind = 'clicked'
) t
left join placed p on p.kind = t.kind and p.ref = t.ref
left join facts.unplaced u on u.kind = t.kind and u.ref = t.ref
where t.ref is not null and p.ref is null and u.ref is null;
