-- How many messages of a sender stand where, by their last state.
select state, count(*)
from (
    select state
    from delivery.sends
    where sender = $sender
    qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
) latest
group by state
order by state;
