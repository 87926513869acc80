-- What a contact consented to, the last word for each channel and topic.
select channel, topic, basis, granted, occurred_at
from shop.consents
where contact_id = $contact
qualify row_number() over (partition by channel, topic order by occurred_at desc, case when granted then 1 else 0 end) = 1
order by channel, topic;
