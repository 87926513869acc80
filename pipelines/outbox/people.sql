-- Those of `concerned` who are not among the people yet.
insert into people
select contact_id, email, locale, timezone, preferred_channel, order_count
from facts.contacts
where contact_id in (select contact_id from concerned except select contact_id from people);
