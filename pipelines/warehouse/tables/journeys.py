"""Scenarios as rows, who is where in them, and why."""

from pipelines.warehouse.table import Table, table

TABLES: tuple[Table, ...] = (
    table(
        "journeys.versions",
        "one row per scenario and version that ran",
        "scenario, version",
        """
        scenario VARCHAR! scenario
        version BIGINT! 1, 2, 3…: a change of what the file means makes a new one
        fingerprint VARCHAR! hash of the compiled rows
        first_as_of TIMESTAMP! first tick of the version
        category VARCHAR! marketing or transactional
        topic VARCHAR! consent topic
        priority BIGINT! 0 to 100
        reentry VARCHAR! never, per_key, after_exit, once_per_year or cooldown
        cooldown_seconds BIGINT cooldown that is no whole number of days
        cooldown_days BIGINT cooldown in calendar days of the project's zone
        goal_seconds BIGINT a goal counts this long after entry; null for ever
        goal_target DOUBLE share of the entered that the scenario aims at
        goal_by DATE day of the project's zone by which it aims at that
        holdout DOUBLE! share of addresses that run as ghosts
        rollout DOUBLE share of contacts who may enter at all; null for everybody
        exclusive_with VARCHAR scenarios in which a contact may not be at the same time, separated by commas
        audience_in VARCHAR segments a contact must be in, separated by commas
        audience_not_in VARCHAR segments a contact must not be in, separated by commas
        audience_where VARCHAR condition on facts.contacts
    """,
    ),
    table(
        "journeys.states",
        "one row per scenario: how it stands now and how far it has looked",
        "scenario",
        """
        scenario VARCHAR! scenario
        version BIGINT! version that new contacts enter
        state VARCHAR! live, draft, paused:hold, paused:expire, stopped:eject, stopped:drain, or removed
        held VARCHAR why it was held in the last tick: stale_source, guard_tripped, segment…; null for not held
        live_since TIMESTAMP first tick it was live in; null for never
        looked_until TIMESTAMP last tick that took its triggers
        looked_ahead TIMESTAMP how far ahead that tick looked for known dates
    """,
    ),
    table(
        "journeys.triggers",
        "one row per scenario and version: how contacts enter",
        "scenario, version",
        """
        scenario VARCHAR! scenario
        version BIGINT! version
        kind VARCHAR! what enters check: kind in ('activity', 'unanswered', 'product', 'segment', 'anniversary', 'date', 'campaign', 'scenario')
        activities VARCHAR activities, separated by commas
        query VARCHAR condition on the activity or the row that carries a date, as written
        key VARCHAR column that makes the run one of its kind
        settle_seconds BIGINT nothing new on the key for so long
        max_age_seconds BIGINT the activity, change or date may be this old at the first tick that sees it
        segment VARCHAR segment; of a campaign, the one it is for
        change VARCHAR entered or left
        backfill BIGINT most members taken in at the first tick
        offset_days BIGINT days after the anniversary or date
        clock BIGINT seconds after local midnight
        source VARCHAR date: `table.column`; scenario: the one that starts it; product: what ties a contact to it check: kind <> 'product' or source in ('requested', 'viewed', 'carted')
        message VARCHAR unanswered: the message
        event VARCHAR unanswered: opened or clicked
        within_seconds BIGINT unanswered: how long it was not answered; product: how long the tie lasts, null for ever
        price_drop DOUBLE product: least share of the price that fell; null for back in stock
        on_date DATE campaign: the one day
        isodow BIGINT campaign: day of the week, 1 Monday to 7 Sunday
        month BIGINT campaign: month of the one day in a year
        day BIGINT campaign: day of that month
    """,
    ),
    table(
        "journeys.nodes",
        "one row per scenario, version and node",
        "scenario, version, node",
        """
        scenario VARCHAR! scenario
        version BIGINT! version
        node BIGINT! number within the version; 0 is the beginning
        kind VARCHAR! what it does check: kind in ('send', 'wait', 'wait_until', 'wait_days', 'wait_date', 'wait_for', 'if', 'split', 'offer', 'start', 'tag', 'untag', 'sync', 'unsync', 'exit')
        step VARCHAR step id: the message's name, an explicit id, or the arms of a split
        next BIGINT node after; yes side of if, wait_for and split; null for the end
        other BIGINT no side of if and split, time-out side of wait_for; where a date that is past leads
        seconds BIGINT length of a wait or time-out
        days BIGINT calendar days of a wait, or from a date
        months BIGINT months of the calendar before those days
        clock BIGINT seconds after local midnight of a wait with a time
        condition BIGINT condition of if and wait_for
        arm VARCHAR arm of a split that leads to next
        other_arm VARCHAR arm of a split that leads to other, where other is no further split
        below BIGINT a split: buckets under this (of 10000) take next
        message VARCHAR message of a send
        channels VARCHAR channels of a send by preference, separated by commas
        valid_seconds BIGINT a send: how long after it is due it may still go
        on_capped VARCHAR a send: skip or hold
        window_id VARCHAR a send: window it waits for; null for none
        needs_code BOOLEAN a send: its templates show a personal code, so that nobody gets it without one
        word VARCHAR word of an exit, offer of an offer, scenario of a start, tag of a tag or untag, audience of a sync or unsync, column of the trigger that a wait_date is about
    """,
    ),
    table(
        "journeys.conditions",
        "one row per scenario, version and condition",
        "scenario, version, condition",
        """
        scenario VARCHAR! scenario
        version BIGINT! version
        condition BIGINT! number within the version
        role VARCHAR! who asks: a step, the goal or an exit rule check: role in ('step', 'goal', 'exit')
        kind VARCHAR! what is asked check: kind in ('message', 'did', 'in_segment', 'tagged', 'offer_unused', 'where', 'joined')
        step VARCHAR message: the step asked about
        event VARCHAR message: opened, clicked, delivered, bounced, replied
        link VARCHAR message: the one link asked about; null for any
        activities VARCHAR did: activities, separated by commas
        query VARCHAR did, where: the condition as written
        segment VARCHAR in_segment: segment
        tag VARCHAR tagged: the tag
        offer VARCHAR offer_unused: the offer
        within_seconds BIGINT did: how far back from the moment of deciding (a goal: how long after entry); null means since entry
        match_key VARCHAR column that must agree with the trigger key where the activity carries it
        probe VARCHAR did: hash of the question; scenarios that ask the same share the answer
    """,
    ),
    table(
        "journeys.alternatives",
        "one row per question of each way in which a condition that is waited for comes true: a way holds when all its questions do, the condition when one way does",
        "scenario, version, condition, way, part",
        """
        scenario VARCHAR! scenario
        version BIGINT! version
        condition BIGINT! condition a wait_for is about
        way BIGINT! number of the way
        part BIGINT! condition that is one of its questions; the condition itself where it joins none
        parts BIGINT! how many questions the way has
    """,
    ),
    table(
        "journeys.windows",
        "one row per window and day of the week it opens on",
        "window_id, isodow",
        """
        window_id VARCHAR! days and hours as text
        isodow BIGINT! day it opens, 1 Monday to 7 Sunday
        opens_seconds BIGINT! opening, seconds after local midnight
        closes_seconds BIGINT! closing, seconds after the same midnight; beyond 86400 it crosses midnight
    """,
    ),
    table(
        "journeys.enrolments",
        "one row per contact, scenario and entry key that entered",
        "enrolment_id",
        """
        enrolment_id VARCHAR! hash of scenario, contact and entry key
        scenario VARCHAR! scenario
        version BIGINT! version the contact finishes on; `migrate` changes it
        contact_id VARCHAR! who
        entry_key VARCHAR! trigger data that makes the run one of its kind: cart, order, year…
        trigger_key VARCHAR value of the trigger's key column: goals and exits that carry the same column must agree with it
        activity_id VARCHAR activity, change or date that triggered
        activity VARCHAR name of that activity; null for segments and dates
        triggered_at TIMESTAMP! when that happened, UTC
        entered_at TIMESTAMP! when the run began, UTC
        entered_as_of TIMESTAMP! tick that entered the contact
        ghost BOOLEAN! in a holdout: runs, gets nothing
        trigger_data JSON values of the trigger, for conditions and messages
    """,
        "entered_as_of",
    ),
    table(
        "journeys.endings",
        "one row per enrolment that ended; entered = ended + in flight",
        "enrolment_id",
        """
        enrolment_id VARCHAR! enrolment
        scenario VARCHAR! scenario
        version BIGINT! version
        contact_id VARCHAR! who
        entered_at TIMESTAMP! when the run began, UTC
        ended_at TIMESTAMP! when the run ended, UTC
        as_of TIMESTAMP! tick that ended it
        outcome VARCHAR! how it ended: goal after a message, goal before any, exit rule, end of the steps, stopped scenario check: outcome in ('converted', 'goal_before_message', 'exited', 'completed', 'ejected')
        reason VARCHAR activity of the goal or exit rule, or word of the exit step
        ghost BOOLEAN! in a holdout
    """,
        "as_of",
    ),
    table(
        "journeys.positions",
        "one row per enrolment in flight: where it rests",
        "enrolment_id",
        """
        enrolment_id VARCHAR! enrolment
        scenario VARCHAR! scenario
        version BIGINT! version
        contact_id VARCHAR! who
        node BIGINT! node it rests at
        reached_at TIMESTAMP! when it got there, UTC
        leave_at TIMESTAMP! when it leaves if nothing else happens, UTC
        entered_at TIMESTAMP! when the run began, UTC
        entry_key VARCHAR! entry key
        trigger_key VARCHAR value of the trigger's key column
        triggered_at TIMESTAMP! when the trigger happened, UTC
        activity VARCHAR activity that triggered; null for segments and dates
        ghost BOOLEAN! in a holdout
        variant VARCHAR last arm of a split taken
    """,
    ),
    table(
        "journeys.observations",
        "one row per thing that happened to an enrolment in flight which a condition of it asks about",
        "enrolment_id, condition, occurred_at",
        """
        enrolment_id VARCHAR! enrolment
        condition BIGINT! condition of its version
        occurred_at TIMESTAMP! when, UTC
        activity VARCHAR! what
        value DECIMAL(18,2) its value
    """,
    ),
    table(
        "journeys.in_flight_messages",
        "one row per message of an enrolment in flight: what replies are matched to",
        "message_key",
        """
        message_key VARCHAR! message
        enrolment_id VARCHAR! enrolment
        scenario VARCHAR! scenario
        version BIGINT! version
        step VARCHAR! step
        went_at TIMESTAMP when it could go, UTC; null when it was dropped
        lost_at TIMESTAMP when it was dropped, UTC: waits for its answer end at once
    """,
    ),
    table(
        "journeys.settling",
        "one row per scenario, contact and key whose trigger waits to settle",
        "scenario, contact_id, key",
        """
        scenario VARCHAR! scenario
        contact_id VARCHAR! who
        key VARCHAR! key on which nothing new may happen
        activity_id VARCHAR! last activity
        activity VARCHAR! its name
        occurred_at TIMESTAMP! when, UTC
        loaded_at TIMESTAMP! as_of of the tick that loaded it
        props JSON its values
        holds BOOLEAN! the trigger's where holds
    """,
    ),
    table(
        "journeys.arms",
        "one row per experiment and subject: the first assignment stands for ever",
        "experiment, subject",
        """
        experiment VARCHAR! scenario and step of a split; holdout:<scenario>; holdout for the global one
        subject VARCHAR! contact, or hash of the normalised address for holdouts
        arm VARCHAR! arm; ghost or treated for holdouts
        assigned_at TIMESTAMP! tick
    """,
    ),
    table(
        "journeys.decisions",
        "one row per decision about an enrolment, or refusal at the door",
        "as_of, enrolment_id, node, outcome",
        """
        as_of TIMESTAMP! tick that decided
        enrolment_id VARCHAR! enrolment, or the one it would have been
        scenario VARCHAR! scenario
        version BIGINT! version
        contact_id VARCHAR! who
        node BIGINT node decided at; null at the door and for exits over the interval
        step VARCHAR step id, or kind of the node
        decided_at TIMESTAMP! moment the decision is about, UTC
        outcome VARCHAR! entered, refused, moved, waited, due, had_before, yes, no, timed_out, arm, offered, no_code (none was left), started, tagged, untagged, synced (put into an audience), unsynced, exit (the step), exited (the rule), converted, goal_before_message, completed, ejected
        reason VARCHAR why refused, which arm, which condition, activity or word
    """,
        "as_of",
    ),
    table(
        "journeys.codes",
        "one row per run and offer that it came to: its code, once, for good; holdouts come to it without getting one",
        "enrolment_id, offer",
        """
        enrolment_id VARCHAR! enrolment
        contact_id VARCHAR! who
        offer VARCHAR! offer
        code VARCHAR the code, which nobody else ever gets; null where none was left, and for holdouts
        message_key VARCHAR first message after it that was not dropped
        given_at TIMESTAMP! moment of the step, or the tick where that is later, UTC
        valid_until TIMESTAMP last instant the code is good, UTC; null for ever
        as_of TIMESTAMP! tick that gave it
    """,
    ),
    table(
        "journeys.moves",
        "one row per time that `migrate` moved an enrolment to another version",
        "enrolment_id, to_version",
        """
        enrolment_id VARCHAR! enrolment
        scenario VARCHAR! scenario
        from_version BIGINT! version it was on
        to_version BIGINT! version it is on from then
        contact_id VARCHAR! who
        from_step VARCHAR! message last had, or begin
        to_step VARCHAR! message it goes on after, or begin
        as_of TIMESTAMP! tick
    """,
        "as_of",
    ),
    table(
        "journeys.starts",
        "one row per contact whom a `start:` sent to another scenario",
        "scenario, started_by, started_at",
        """
        scenario VARCHAR! scenario to enter
        started_by VARCHAR! enrolment that took the step
        started_in VARCHAR! scenario of that enrolment
        contact_id VARCHAR! who
        started_at TIMESTAMP! when the step was taken, UTC
        as_of TIMESTAMP! tick that took it
        round BIGINT! walk within the tick
        trigger_data JSON data of the trigger of the run that took it
    """,
        "as_of",
    ),
)
