-- What one sender claimed in this pass is no other's, and is not left over.
delete from going
where message_key in (select message_key from delivery.sends where sender = $sender and changed_at = $now and state = 'claimed');
