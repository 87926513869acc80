-- The last things that went wrong at a sender, in the provider's words.
select changed_at, state, error, count(*) as messages
from delivery.sends
where sender = $sender and error is not null
group by changed_at, state, error
order by changed_at desc, messages desc, state, error
limit $limit;
