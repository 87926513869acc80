-- Hashes of who is never to be written to again, as they are noted beside the journals.
select 'suppressed' as what, channel as kind, address_hash as hash, reason, coalesce(topic, '') as topic, since from delivery.suppressions
union all
select 'forgotten' as what, kind, hash, '' as reason, '' as topic, since from delivery.forgotten
order by since, what, kind, hash, reason, topic;
