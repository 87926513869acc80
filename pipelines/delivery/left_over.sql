-- What one sender did not come to in this pass and does not say so yet, a part of it: what was looked at and not claimed, or
-- claimed and not tried; and what nobody ever tried. What was not looked at keeps the reason for which its scenario or source held it.
create or replace temp table left_over as
select m.message_key
from (
    select message_key from going
    where message_key not in (select message_key from delivery.sends where sender = $sender and changed_at = $now and state = 'claimed')
    union all
    select message_key from delivery.sends where sender = $sender and changed_at = $now and state = 'retry' and error = $not_tried
) l
join outbox.messages m on m.message_key = l.message_key
where m.status = 'to_send' or m.reason <> $reason or coalesce(m.detail, '') <> $detail
union
select m.message_key
from outbox.messages m
join channels_of c on c.channel = m.channel
left join reach r on r.channel = m.channel
where (m.status = 'to_send' or (m.status = 'held' and m.reason in ('not_yet', 'quiet_hours', 'sender_quota', 'sender_retry', 'halted', 'not_sent')))
    and (m.status = 'to_send' or m.reason <> $reason or coalesce(m.detail, '') <> $detail)
    and m.expires_at > $now and (m.not_before <= $now or (m.not_before > r.since and m.not_before <= r.until))
    and m.message_key >= $first and m.message_key < $until
    and m.message_key not in (
        select message_key from delivery.sends where state <> 'claimed' and message_key >= $first and message_key < $until
    );

-- It is held, and says why; the next pass goes on with it.
update outbox.messages set status = 'held', reason = $reason, detail = $detail, changed_at = $now
where message_key in (select message_key from left_over);
