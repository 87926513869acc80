-- What each sender did with the messages of the tick, by the last state of each.
select sender, state, count(*) as messages
from (
    select d.sender, d.state, row_number() over (partition by d.message_key order by d.attempt desc, rl_state_rank(d.state) desc) as place
    from delivery.sends d
    join outbox.messages m on m.message_key = d.message_key
    where m.as_of = $as_of
) s
where place = 1
group by sender, state order by sender, state;
