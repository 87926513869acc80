-- Messages that were claimed and of which nothing is known since: the process was killed in between. Where the provider
-- takes the same key twice for one, they are tried again; elsewhere, and where the sender is gone from the settings,
-- nobody may send them again but a person.
insert into delivery.sends by name
select s.message_key, s.sender, s.attempt,
    case when i.idempotent then 'retry' else 'unknown' end as state,
    $now as changed_at, cast(null as varchar) as provider_message_id, 'the run was interrupted after claiming it' as error
from delivery.sends s
left join idempotence i on i.sender = s.sender
where s.state = 'claimed'
    and not exists (select 1 from delivery.sends later where later.message_key = s.message_key and later.attempt = s.attempt and later.state <> 'claimed');
