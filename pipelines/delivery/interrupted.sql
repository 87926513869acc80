-- Messages that were claimed and of which nothing is known since: the process was killed in between. What the journal shows
-- never to have been taken has not left, and goes now. What was taken may have gone: where the provider takes the same key
-- twice for one, it is tried again; elsewhere, and where the sender is gone from the settings, nobody may send it but a person.
insert into delivery.sends by name
select s.message_key, s.sender, s.attempt,
    case when i.idempotent or (w.changed_at is not null and t.message_key is null) then 'retry' else 'unknown' end as state,
    $now as changed_at, cast(null as varchar) as provider_message_id,
    case when w.changed_at is not null and t.message_key is null
        then 'the run was interrupted before it was handed over' else 'the run was interrupted while it was handed over' end as error,
    $now as retry_at
from delivery.sends s
left join idempotence i on i.sender = s.sender
left join whole_journals w on w.changed_at = s.changed_at
left join taken t on t.message_key = s.message_key and t.attempt = s.attempt
where s.state = 'claimed'
    and not exists (select 1 from delivery.sends later where later.message_key = s.message_key and later.attempt = s.attempt and later.state <> 'claimed');
