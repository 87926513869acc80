-- The runs that ended in this tick.
create or replace temp table ended (
    enrolment_id varchar, scenario varchar, version bigint, contact_id varchar, entered_at timestamp, ended_at timestamp,
    ghost boolean, outcome varchar, reason varchar, value decimal(18, 2)
);

-- The scenarios whose entries a guard kept out in this tick.
create or replace temp table guarded (scenario varchar);

-- Who may enter beside those who did something or changed segment, filled as far as live scenarios ask: dates coming
-- up, products that changed, messages nobody answered.
create or replace temp table moments_ahead (
    scenario varchar, contact_id varchar, key varchar, activity_id varchar, trigger_data json, moment timestamp
);

create or replace temp table interested (
    scenario varchar, contact_id varchar, product_id varchar, valid_from timestamp, props json
);

create or replace temp table unanswered (
    scenario varchar, contact_id varchar, message_key varchar, moment timestamp, props json
);

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

-- What a walk looks at, filled as far as scenarios make use of it: conditions that hold and messages that were lost, clock
-- times, dates and openings of windows as instants, arms and messages people had before, runs put off to the next round.
create or replace temp table unused_codes (enrolment_id varchar, condition bigint);

create or replace temp table state_matches (enrolment_id varchar, condition bigint);

create or replace temp table holds (enrolment_id varchar, condition bigint, holds_from timestamp, holds_until timestamp);

create or replace temp table lost (enrolment_id varchar, condition bigint, lost_at timestamp);

create or replace temp table moments (zone varchar, clock bigint, day date, instant timestamp);

create or replace temp table dates_awaited (enrolment_id varchar, node bigint, instant timestamp);

create or replace temp table openings (window_id varchar, zone varchar, opens_at timestamp, closes_at timestamp, next_from timestamp);

create or replace temp table arms_given (experiment varchar, subject varchar, arm varchar);

create or replace temp table had (enrolment_id varchar, step varchar);

create or replace temp table put_off (
    enrolment_id varchar, scenario varchar, version bigint, contact_id varchar, node bigint, reached_at timestamp, entered_at timestamp, entry_key varchar,
    trigger_key varchar, triggered_at timestamp, activity varchar, ghost boolean, variant varchar, zone varchar
);
