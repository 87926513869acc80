-- Until when a provider asked to be left alone, with whatever message: a later pass asks no sooner, also after a new start.
select max(retry_at) from delivery.sends
where sender = $sender and state = 'retry' and retry_at > $now and starts_with(error, $asked);
