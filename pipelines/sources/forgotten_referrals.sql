-- Rows of a file that tell of forgotten people as friends of others: they are passed over, and leave no trace.
delete from typed
where rl_sha256(referrer_id) in (select hash from delivery.forgotten where kind = 'contact')
    or rl_sha256(referee_id) in (select hash from delivery.forgotten where kind = 'contact');
