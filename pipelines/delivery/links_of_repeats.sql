-- Named links of messages that are tried again: they were written down with their first attempt.
select message_key, url from delivery.links where message_key in (select message_key from to_render where attempt > 1);
