-- Everybody something changed for, each with a number: text keys make a search through all rows dear.
create or replace temp table touched_contacts as
with touched as (
    select contact_id from counted_contacts
    union select contact_id from changed_orders
    union select contact_id from changed_sessions
    union select contact_id from changed_site_events
    union select contact_id from changed_message_events
    union select contact_id from changed_points
    union select contact_id from changed_consents
    union select contact_id from changed_attributes
    union select contact_id from counted_tags
    union select contact_id from recounted where block = 'contact_tags'
), known_before as (
    select t.contact_id, s.contact_no
    from touched t
    left join facts.stored_contacts s on s.contact_id = t.contact_id
)
select
    k.contact_id,
    coalesce(k.contact_no, n.last + row_number() over (partition by k.contact_no is null order by k.contact_id)) as contact_no
from known_before k
cross join (select coalesce(max(contact_no), 0) as last from facts.stored_contacts) n;
