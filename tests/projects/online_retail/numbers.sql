-- Contacts who ordered, their orders, one-time buyers, buyers of three orders or more, and members of lapsed.
select
    count(case when order_count > 0 then 1 end), sum(order_count), count(case when order_count = 1 then 1 end), count(case when order_count >= 3 then 1 end),
    (select count(*) from segments.members where segment = 'lapsed')
from facts.contacts;
