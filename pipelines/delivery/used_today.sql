-- Messages that a sender handed over, or may have, since the day began.
select count(distinct message_key) from delivery.sends
where sender = $sender and state in ('accepted', 'unknown') and changed_at >= $since;
