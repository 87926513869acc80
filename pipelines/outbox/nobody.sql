-- The people that a tick or a hand-over pass deals with, and what deciding about them needs: nobody yet.
create or replace temp table people as
select contact_id, email, locale, timezone, preferred_channel, order_count from facts.contacts where false;
