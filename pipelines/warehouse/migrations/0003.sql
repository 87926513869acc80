-- Version 3: a message may be held because its provider could not take it yet, or because hand-over is halted.
-- A check cannot be changed in place, so the table is made anew with its rows.

create temp table messages_before as select * from outbox.messages;

drop table outbox.messages;

create table outbox.messages (
    message_key TEXT NOT NULL,
    as_of TIMESTAMP NOT NULL,
    scenario TEXT NOT NULL,
    version BIGINT NOT NULL,
    step TEXT NOT NULL,
    enrolment_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT,
    topic TEXT NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('marketing', 'transactional')),
    basis TEXT,
    template TEXT NOT NULL,
    locale TEXT NOT NULL,
    variant TEXT,
    due_at TIMESTAMP NOT NULL,
    not_before TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    priority BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('to_send', 'held', 'dropped')),
    reason TEXT CHECK (reason IS NULL
  OR reason IN (
    'no_consent',
    'suppressed',
    'unreachable',
    'capped',
    'lower_priority',
    'quiet_hours',
    'expired',
    'exited_before_send',
    'holdout',
    'not_sent',
    'stale_source',
    'scenario_paused',
    'guard_tripped',
    'invalid_content',
    'sender_quota',
    'sender_retry',
    'halted',
    'not_yet',
    'refused'
  )),
    detail TEXT,
    changed_at TIMESTAMP NOT NULL
);

insert into outbox.messages by name select * from messages_before;

drop table messages_before;
