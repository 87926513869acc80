-- The passes that claimed messages of which nothing is known since: they were killed in between.
select distinct s.changed_at
from delivery.sends s
where s.state = 'claimed'
    and not exists (select 1 from delivery.sends later where later.message_key = s.message_key and later.attempt = s.attempt and later.state <> 'claimed')
order by 1;
