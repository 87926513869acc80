-- The runs that ended in this tick.
create or replace temp table ended (
    enrolment_id varchar, scenario varchar, version bigint, contact_id varchar, entered_at timestamp, ended_at timestamp,
    ghost boolean, outcome varchar, reason varchar, value decimal(18, 2)
);

-- The scenarios whose entries a guard kept out in this tick.
create or replace temp table guarded (scenario varchar);

-- Every node passed or rested at in this tick, filled by each walk.
create or replace temp table walked (
    round bigint, enrolment_id varchar, scenario varchar, version bigint, contact_id varchar, entered_at timestamp, entry_key varchar, ghost boolean,
    variant varchar, depth bigint, node bigint, kind varchar, step varchar, reached_at timestamp, leave_at timestamp, target bigint,
    ready boolean, falls_due boolean, yes boolean, arm varchar, message varchar, channels varchar, valid_seconds bigint, on_capped varchar, word varchar,
    condition bigint
);

-- The messages that fell due and are not decided yet.
create or replace temp table due (
    message_key varchar, enrolment_id varchar, scenario varchar, version bigint, step varchar, contact_id varchar, message varchar,
    channels varchar, on_capped varchar, ghost boolean, variant varchar, category varchar, topic varchar, priority bigint,
    due_at timestamp, not_before timestamp, expires_at timestamp, depth bigint, state varchar
);
