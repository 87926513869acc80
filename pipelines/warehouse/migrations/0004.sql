-- Version 4: the step `sync`, and waits of months. A check cannot be changed in place, so the table is made anew with its rows.

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
    'sync',
    'unsync',
    'exit'
    )),
    step TEXT,
    next BIGINT,
    other BIGINT,
    seconds BIGINT,
    days BIGINT,
    months BIGINT,
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
