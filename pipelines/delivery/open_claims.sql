-- Messages that were claimed and of which nothing is known since: the pass that claimed them was killed in between.
select s.changed_at, s.message_key, s.attempt
from delivery.sends s
where s.state = 'claimed'
    and not exists (select 1 from delivery.sends later where later.message_key = s.message_key and later.attempt = s.attempt and later.state <> 'claimed');
