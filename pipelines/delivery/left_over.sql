-- What one sender did not come to in this pass is held, and says why; the next pass goes on with it.
update outbox.messages set status = 'held', reason = $reason, detail = $detail, changed_at = $now
where message_key in (
    select g.message_key from going g join channels_of c on c.channel = g.channel
    union all
    select message_key from delivery.sends where sender = $sender and changed_at = $now and state = 'retry' and error = $not_tried
);
