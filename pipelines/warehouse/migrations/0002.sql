-- Version 2: triggers, nodes and conditions know more kinds, and what a wait is for may be joined of several questions.
-- A check cannot be changed in place, so these three tables are made anew with their rows.

create temp table triggers_before as select * from journeys.triggers;

drop table journeys.triggers;

create table journeys.triggers (
    scenario TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('activity', 'unanswered', 'product', 'segment', 'anniversary', 'date', 'campaign', 'scenario')),
    activities TEXT,
    query TEXT,
    key TEXT,
    settle_seconds BIGINT,
    max_age_seconds BIGINT,
    segment TEXT,
    change TEXT,
    backfill BIGINT,
    offset_days BIGINT,
    clock BIGINT,
    source TEXT CHECK (kind <> 'product' OR source IN ('requested', 'viewed', 'carted')),
    message TEXT,
    event TEXT,
    within_seconds BIGINT,
    price_drop DOUBLE,
    on_date DATE,
    isodow BIGINT,
    month BIGINT,
    day BIGINT
);

insert into journeys.triggers by name select * from triggers_before;

drop table triggers_before;

create temp table nodes_before as select * from journeys.nodes;

drop table journeys.nodes;

create table journeys.nodes (
    scenario TEXT NOT NULL,
    version BIGINT NOT NULL,
    node BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('send', 'wait', 'wait_until', 'wait_days', 'wait_date', 'wait_for', 'if', 'split', 'start', 'tag', 'untag', 'exit')),
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
    kind TEXT NOT NULL CHECK (kind IN ('message', 'did', 'in_segment', 'tagged', 'where', 'joined')),
    step TEXT,
    event TEXT,
    activities TEXT,
    query TEXT,
    segment TEXT,
    tag TEXT,
    within_seconds BIGINT,
    match_key TEXT,
    probe TEXT
);

insert into journeys.conditions by name select * from conditions_before;

drop table conditions_before;

-- Whoever waits already waits for one question.
create table journeys.alternatives (
    scenario TEXT NOT NULL,
    version BIGINT NOT NULL,
    condition BIGINT NOT NULL,
    way BIGINT NOT NULL,
    part BIGINT NOT NULL,
    parts BIGINT NOT NULL
);

insert into journeys.alternatives by name
select distinct scenario, version, condition, 0 as way, condition as part, 1 as parts
from journeys.nodes
where kind = 'wait_for';
