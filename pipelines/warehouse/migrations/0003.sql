-- Version 3: the step `offer` and the condition `offer_unused`; messages that need a code nobody has left, that their provider
-- could not take yet, or that a person halted. A check cannot be changed in place, so these tables are made anew with their rows.

create temp table nodes_before as select * from journeys.nodes;

drop table journeys.nodes;

create table journeys.nodes (
    scenario TEXT NOT NULL,
    version BIGINT NOT NULL,
    node BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
    'send',
    'wait',
    'wait_until',
    'wait_days',
    'wait_date',
    'wait_for',
    'if',
    'split',
    'offer',
    'start',
    'tag',
    'untag',
    'exit'
    )),
    step TEXT,
    next BIGINT,
    other BIGINT,
    seconds BIGINT,
    days BIGINT,
    clock BIGINT,
    condition BIGINT,
    arm TEXT,
    other_arm TEXT,
    below BIGINT,
    message TEXT,
    channels TEXT,
    valid_seconds BIGINT,
    on_capped TEXT,
    window_id TEXT,
    needs_code BOOLEAN,
    word TEXT
);

insert into journeys.nodes by name select * from nodes_before;

drop table nodes_before;

create temp table conditions_before as select * from journeys.conditions;

drop table journeys.conditions;

create table journeys.conditions (
    scenario TEXT NOT NULL,
    version BIGINT NOT NULL,
    condition BIGINT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('step', 'goal', 'exit')),
    kind TEXT NOT NULL CHECK (kind IN ('message', 'did', 'in_segment', 'tagged', 'offer_unused', 'where', 'joined')),
    step TEXT,
    event TEXT,
    link TEXT,
    activities TEXT,
    query TEXT,
    segment TEXT,
    tag TEXT,
    offer TEXT,
    within_seconds BIGINT,
    match_key TEXT,
    probe TEXT
);

insert into journeys.conditions by name select * from conditions_before;

drop table conditions_before;

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
    'refused',
    'no_code'
    )),
    detail TEXT,
    changed_at TIMESTAMP NOT NULL
);

insert into outbox.messages by name select * from messages_before;

drop table messages_before;
