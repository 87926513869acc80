-- The profiles of one person: those with the id or the e-mail address asked for, and those that share an address with them.
create or replace temp table leaving as
with asked as (
    select contact_id, email from raw.contacts where contact_id = $asked or email = lower($asked)
)
select c.contact_id, c.email, c.phone, c.country
from raw.contacts c
where c.contact_id in (select contact_id from asked) or c.email in (select email from asked where email is not null);

-- Their browsers: rows of a visitor without a contact are theirs too, unless the browser is known to be somebody else's.
create or replace temp table leaving_visitors as
select visitor_id
from (
    select visitor_id, contact_id from raw.sessions where visitor_id is not null and contact_id is not null
    union
    select visitor_id, contact_id from raw.site_events where visitor_id is not null and contact_id is not null
) v
group by visitor_id
having bool_and(contact_id in (select contact_id from leaving));

-- What is found by way of something else: orders and their lines, carts, messages, runs of scenarios. The send ledger stays:
-- it knows messages by hashes alone, and what went must never go again.
create or replace temp table leaving_orders as
select order_id from raw.orders where contact_id in (select contact_id from leaving);

create or replace temp table leaving_events as
select event_id from raw.site_events
where contact_id in (select contact_id from leaving) or (contact_id is null and visitor_id in (select visitor_id from leaving_visitors));

create or replace temp table leaving_messages as
select message_key from outbox.messages where contact_id in (select contact_id from leaving);

create or replace temp table leaving_enrolments as
select enrolment_id from journeys.enrolments where contact_id in (select contact_id from leaving)
union
select enrolment_id from journeys.decisions where contact_id in (select contact_id from leaving);

-- Only hashes stay: of the ids, so that files read again bring nobody back, and of the addresses, so that nobody writes to them.
insert into delivery.forgotten by name
select kind, hash, $now as since
from (
    select 'contact' as kind, rl_sha256(contact_id) as hash from leaving
    union
    select 'visitor' as kind, rl_sha256(visitor_id) as hash from leaving_visitors
) h
where hash not in (select hash from delivery.forgotten);

-- The suppression of an address has the instant of its erasure, beside whatever else suppressed it: by that it is known later.
insert into delivery.suppressions by name
select channel, rl_sha256(address) as address_hash, 'manual' as reason, cast(null as varchar) as topic, $now as since
from (
    select 'email' as channel, email as address from leaving where email is not null
    union
    select 'sms' as channel, phone as address from leaving where phone is not null
    union
    select 'push' as channel, case when p256dh is null then endpoint else endpoint || ' ' || p256dh || ' ' || auth end as address
    from raw.push_subscriptions where contact_id in (select contact_id from leaving)
) a;

-- Their baskets lose the name of the order, and leave the counts of what is bought together with the next day's.
update facts.baskets set order_id = rl_sha256(order_id), ordered_at = timestamp '0001-01-01' where order_id in (select order_id from leaving_orders);

delete from raw.order_lines where order_id in (select order_id from leaving_orders);

delete from raw.cart_lines where event_id in (select event_id from leaving_events);

delete from raw.site_events where event_id in (select event_id from leaving_events);

delete from raw.sessions where contact_id is null and visitor_id in (select visitor_id from leaving_visitors);

delete from raw.referrals where referrer_id in (select contact_id from leaving) or referee_id in (select contact_id from leaving);

delete from raw.rejects
where exists (
    select 1 from leaving l
    where contains(rejects.row, l.email) or contains(rejects.row, l.phone) or contains(rejects.row, '"' || l.contact_id || '"')
        or contains(rejects.reason, l.email) or contains(rejects.reason, l.phone)
);

delete from journeys.arms
where subject in (select contact_id from leaving) or subject in (select rl_sha256(email) from leaving where email is not null);

delete from journeys.facts_seen where enrolment_id in (select enrolment_id from leaving_enrolments);

delete from journeys.observations where enrolment_id in (select enrolment_id from leaving_enrolments);

delete from journeys.in_flight_messages where message_key in (select message_key from leaving_messages);

delete from delivery.links where message_key in (select message_key from leaving_messages);
