-- Whether somebody of that id or address was forgotten before.
select 1
where exists (select 1 from delivery.forgotten where kind = 'contact' and hash = rl_sha256($asked))
    or exists (select 1 from delivery.suppressions where channel = 'email' and reason = 'manual' and address_hash = rl_sha256(lower($asked)));
