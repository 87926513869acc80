"""Every table relance keeps: the contract (`contract.py`) and its own. The data dictionary is generated from here."""

from dataclasses import replace

from pipelines.warehouse.contract import CONTRACT
from pipelines.warehouse.table import Table, columns

SCHEMA_VERSION = 2

SCHEMAS = {
    "raw": "rows as loaded from the sources, what was refused, and which files were read",
    "shop": "the contract as it stood at `as_of()`: views over raw, the only names segments and conditions read",
    "calendar": "time zones as a table, so that local time is a join",
    "facts": "one row per contact: what everybody asks about a contact",
    "segments": "who belongs where, and who entered or left when",
    "journeys": "scenarios as rows, who is where in them, and why",
    "outbox": "every message that fell due, with one reason",
    "delivery": "what happened when messages were handed over",
    "results": "goals met and what scenarios brought",
    "runs": "ticks and the version of this schema",
}


def _table(name: str, grain: str, key: str, text: str, time: str = "") -> Table:
    schema, _, short = name.partition(".")
    return Table(schema, short, grain, columns(text), tuple(filter(None, key.split(", "))), time)


OWN: tuple[Table, ...] = (
    _table(
        "raw.files",
        "one row per file read or refused",
        "source, file",
        """
        source VARCHAR! source the file belongs to
        file VARCHAR! path relative to the project
        fingerprint VARCHAR! size and SHA-256 of the content, and of the settings and mapping it is read with; a file is read again when any of them changes
        status VARCHAR! what became of it check: status in ('loaded', 'refused')
        rows BIGINT! rows read
        rejected BIGINT! rows refused
        reason VARCHAR why the whole file was refused; for a loaded file, what is worth knowing: columns not used, rows known already
        loaded_at TIMESTAMP! as_of of the tick that read it
        modified_ns BIGINT when it was last written, nanoseconds since 1970: while this and the size stay, it is not looked into; null where that was too fresh to tell
    """,
    ),
    _table(
        "raw.rejects",
        "one row per refused input row, never silently lost; also one per address that a contact is kept without, and one per refused file",
        "source, file, line, reason",
        """
        source VARCHAR! source
        file VARCHAR! path relative to the project
        line BIGINT line in the file, or row number for Parquet; null where unknown
        reason VARCHAR! what is wrong with it
        row VARCHAR the row as text
        loaded_at TIMESTAMP! as_of of the tick that refused it
    """,
    ),
    _table(
        "raw.loads",
        "one row per source and load, of a tick or of a hand-over pass between ticks: what it did, and how fresh the source was",
        "source, as_of",
        """
        source VARCHAR! source
        contract VARCHAR! contract table it fills
        as_of TIMESTAMP! instant of the tick or the pass
        files BIGINT! files read in this load
        inserted BIGINT! new rows
        replaced BIGINT! rows corrected: same key, other values
        rejected BIGINT! rows refused
        newest_at TIMESTAMP newest fact of the source not after as_of
        status VARCHAR! state of the source at that instant check: status in ('fresh', 'stale', 'refused', 'missing')
        reason VARCHAR why it is not fresh
    """,
        "as_of",
    ),
    _table(
        "raw.corrections",
        "one row per contact whose earlier facts changed and must be counted anew",
        "contact_id, contract, loaded_at",
        """
        contact_id VARCHAR! contact whose row was corrected, before or after the correction
        contract VARCHAR! contract table corrected
        loaded_at TIMESTAMP! as_of of the tick that loaded the correction
    """,
        "loaded_at",
    ),
    _table(
        "calendar.zone_offsets",
        "one row per zone and stretch of constant offset",
        "zone, starts_at",
        """
        zone VARCHAR! IANA zone name
        starts_at TIMESTAMP! first instant, UTC
        ends_at TIMESTAMP! first instant after, UTC
        local_starts_at TIMESTAMP! first local time read with this offset; a skipped hour moves forward, a repeated one is its first
        local_ends_at TIMESTAMP! first local time after
        offset_seconds BIGINT! local time minus UTC
    """,
    ),
    _table(
        "calendar.days",
        "one row per day",
        "day",
        """
        day DATE! the day
        isodow BIGINT! 1 Monday to 7 Sunday
    """,
    ),
    _table(
        "facts.stored_contacts",
        "one row per contact, and per id whose contact is not known yet: what facts.contacts is read from",
        "contact_id",
        """
        contact_id VARCHAR! who
        known BOOLEAN! true where shop.contacts has the contact; false while only its doings have been seen
        email VARCHAR address, as now
        country VARCHAR as now
        locale VARCHAR as now; the project's where missing
        timezone VARCHAR as now; the project's where missing or unknown
        birth_date DATE as now
        created_at TIMESTAMP first known, UTC
        first_order_at TIMESTAMP first order that stands, UTC
        last_order_at TIMESTAMP last order that stands, UTC
        last_order_on DATE its day in the project's zone
        order_count BIGINT! orders that stand, ever
        gross_revenue DECIMAL(18,2)! paid for orders that stand, ever
        refunded DECIMAL(18,2)! refunds that count, ever
        orders_30d BIGINT! orders of the last 30 days
        orders_90d BIGINT! orders of the last 90 days
        orders_365d BIGINT! orders of the last 365 days
        revenue_30d DECIMAL(18,2)! paid in the last 30 days minus refunds made in them
        revenue_90d DECIMAL(18,2)! the same, 90 days
        revenue_365d DECIMAL(18,2)! the same, 365 days
        items_bought BIGINT! pieces bought, ever
        largest_quantity BIGINT! most pieces of one line, ever
        discounted_orders BIGINT! orders that stand with a coupon
        favourite_category VARCHAR category bought most
        top_interests VARCHAR up to three categories by interest
        sessions_30d BIGINT! visits of the last 30 days
        last_session_at TIMESTAMP start of the last visit, UTC
        product_views_30d BIGINT! product pages seen in the last 30 days
        last_cart_at TIMESTAMP last cart update or check-out, UTC
        last_quote_at TIMESTAMP last quote asked for, UTC
        has_account BOOLEAN! ever signed up or made an account
        messages_180d BIGINT! messages delivered in the last 180 days
        opens_90d BIGINT! opens of the last 90 days
        clicks_90d BIGINT! clicks of the last 90 days
        last_open_at TIMESTAMP last open, UTC
        last_click_at TIMESTAMP last click, UTC
        lead_score BIGINT! points in force
        preferred_channel VARCHAR channel with most clicks and replies
        email_basis VARCHAR basis of the widest standing consent by e-mail, whether or not an order stands behind it
        sms_basis VARCHAR the same by SMS
        push_basis VARCHAR the same by push
        newsletter_basis VARCHAR basis of the standing consent to the newsletter by e-mail
    """,
    ),
    _table(
        "facts.stored_interests",
        "one row per contact or id not known yet, and category touched: what facts.interests is read from",
        "contact_id, category",
        """
        contact_id VARCHAR! who
        category VARCHAR! product category, or tag
        visited BIGINT! product pages seen
        clicked BIGINT! message links clicked that lead to a product of the category
        bought BIGINT! order lines bought that stand
        tagged BIGINT! 1 while a tag of that name holds
    """,
    ),
    _table(
        "facts.stored_channels",
        "one row per contact or id not known yet, and channel answered: what facts.channels is read from",
        "contact_id, channel",
        """
        contact_id VARCHAR! who
        channel VARCHAR! channel
        answers BIGINT! clicks and replies, ever
    """,
    ),
    _table(
        "facts.products",
        "one row per product: the category and page that interests were last counted with",
        "product_id",
        """
        product_id VARCHAR! the product
        category VARCHAR its category
        page VARCHAR its address without what follows a question mark
    """,
    ),
    _table(
        "facts.unplaced",
        "one row per product or page that was touched while no category was known for it",
        "kind, ref",
        """
        kind VARCHAR! what was touched check: kind in ('product', 'page')
        ref VARCHAR! product, or address without what follows a question mark
    """,
    ),
    _table(
        "facts.state",
        "one row: what facts were last counted for",
        "",
        """
        as_of TIMESTAMP! tick
        day DATE! project day that windows end with
        since_30d TIMESTAMP! first instant of the window of 30 days, UTC
        since_90d TIMESTAMP! the same, 90 days
        since_180d TIMESTAMP! the same, 180 days
        loaded_until TIMESTAMP! latest load that was counted: after as_of where a later tick was begun and given up
        rules VARCHAR! fingerprint of the settings that facts depend on
    """,
    ),
    _table(
        "segments.definitions",
        "one row per segment and meaning it had",
        "segment, since",
        """
        segment VARCHAR! segment
        since TIMESTAMP! first tick with this meaning
        fingerprint VARCHAR! hash of its SQL, of what it reads and of its parameters
        attributes VARCHAR! extra columns and types, as JSON
    """,
    ),
    _table(
        "segments.members",
        "one row per segment and member, as of the last tick",
        "segment, contact_id",
        """
        segment VARCHAR! segment
        contact_id VARCHAR! member
        entered_at TIMESTAMP! as_of of the tick the contact joined in
        attributes JSON extra columns of the segment's SELECT
    """,
    ),
    _table(
        "segments.changes",
        "one row per contact who joined or left a segment",
        "segment, contact_id, as_of, change",
        """
        segment VARCHAR! segment
        contact_id VARCHAR! who
        change VARCHAR! what check: change in ('entered', 'left')
        as_of TIMESTAMP! tick
        cause VARCHAR! data: the contact changed; redefined: the segment did; first: first publication. Only data triggers check: cause in ('data', 'redefined', 'first')
        entered_at TIMESTAMP! when the membership that began or ended had begun
    """,
        "as_of",
    ),
    _table(
        "segments.sizes",
        "one row per segment and tick",
        "segment, as_of",
        """
        segment VARCHAR! segment
        as_of TIMESTAMP! tick
        members BIGINT! members after the tick
        entered BIGINT! joined in the tick
        left_count BIGINT! left in the tick
        status VARCHAR! built, or held with yesterday's rows check: status in ('built', 'held')
        reason VARCHAR why it was held
    """,
        "as_of",
    ),
    _table(
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
    _table(
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
    _table(
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
    _table(
        "journeys.nodes",
        "one row per scenario, version and node",
        "scenario, version, node",
        """
        scenario VARCHAR! scenario
        version BIGINT! version
        node BIGINT! number within the version; 0 is the beginning
        kind VARCHAR! what it does check: kind in ('send', 'wait', 'wait_until', 'wait_days', 'wait_date', 'wait_for', 'if', 'split', 'start', 'tag', 'untag', 'exit')
        step VARCHAR step id: the message's name, an explicit id, or the arms of a split
        next BIGINT node after; yes side of if, wait_for and split; null for the end
        other BIGINT no side of if and split, time-out side of wait_for; where a date that is past leads
        seconds BIGINT length of a wait or time-out
        days BIGINT calendar days of a wait, or from a date
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
        word VARCHAR word of an exit, scenario of a start, tag of a tag or untag, column of the trigger that a wait_date is about
    """,
    ),
    _table(
        "journeys.conditions",
        "one row per scenario, version and condition",
        "scenario, version, condition",
        """
        scenario VARCHAR! scenario
        version BIGINT! version
        condition BIGINT! number within the version
        role VARCHAR! who asks: a step, the goal or an exit rule check: role in ('step', 'goal', 'exit')
        kind VARCHAR! what is asked check: kind in ('message', 'did', 'in_segment', 'tagged', 'where', 'joined')
        step VARCHAR message: the step asked about
        event VARCHAR message: opened, clicked, delivered, bounced, replied
        activities VARCHAR did: activities, separated by commas
        query VARCHAR did, where: the condition as written
        segment VARCHAR in_segment: segment
        tag VARCHAR tagged: the tag
        within_seconds BIGINT did: how far back from the moment of deciding (a goal: how long after entry); null means since entry
        match_key VARCHAR goal, exit: column that must agree with the trigger key where the activity carries it
        probe VARCHAR did: hash of the question; scenarios that ask the same share the answer
    """,
    ),
    _table(
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
    _table(
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
    _table(
        "journeys.enrolments",
        "one row per contact, scenario and entry key that entered",
        "enrolment_id",
        """
        enrolment_id VARCHAR! hash of scenario, contact and entry key
        scenario VARCHAR! scenario
        version BIGINT! version the contact finishes on
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
    _table(
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
    _table(
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
    _table(
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
    _table(
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
    _table(
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
    _table(
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
    _table(
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
        outcome VARCHAR! entered, refused, waited, due, yes, no, timed_out, arm, started, tagged, untagged, exit (the step), exited (the rule), converted, goal_before_message, completed, ejected
        reason VARCHAR why refused, which arm, which condition, activity or word
    """,
        "as_of",
    ),
    _table(
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
    _table(
        "outbox.messages",
        "one row per message that fell due; due = to_send + held + dropped",
        "message_key",
        """
        message_key VARCHAR! hash of scenario, contact, entry key and step: the same in every re-run
        as_of TIMESTAMP! tick it fell due in
        scenario VARCHAR! scenario
        version BIGINT! version
        step VARCHAR! step
        enrolment_id VARCHAR! enrolment
        contact_id VARCHAR! who
        channel VARCHAR! channel
        address VARCHAR normalised address at the decision
        topic VARCHAR! consent topic
        category VARCHAR! kind of message check: category in ('marketing', 'transactional')
        basis VARCHAR consent basis it goes on
        template VARCHAR! message whose templates render it
        locale VARCHAR! language decided
        variant VARCHAR arm of a split it belongs to
        due_at TIMESTAMP! when it fell due, UTC
        not_before TIMESTAMP! earliest instant it may go: due, window opening or tick, whichever is last
        expires_at TIMESTAMP! after it the message is worthless
        priority BIGINT! 0 to 100
        status VARCHAR! what was decided check: status in ('to_send', 'held', 'dropped')
        reason VARCHAR one of the closed list; null for to_send check: reason is null or reason in ('no_consent', 'suppressed', 'unreachable', 'capped', 'lower_priority', 'quiet_hours', 'expired', 'exited_before_send', 'holdout', 'not_sent', 'stale_source', 'scenario_paused', 'guard_tripped', 'invalid_content', 'sender_quota', 'not_yet', 'refused')
        detail VARCHAR value behind the reason: which cap, which source, which template error
        changed_at TIMESTAMP! as_of of the tick or hand-over pass that last changed the row
    """,
        "as_of",
    ),
    _table(
        "delivery.suppressions",
        "one row per channel, address, reason and topic nobody may write to again about",
        "channel, address_hash, reason, topic, since",
        """
        channel VARCHAR! channel
        address_hash VARCHAR! SHA-256 of the normalised address: outlives the contact
        reason VARCHAR! why check: reason in ('unsubscribed', 'hard_bounce', 'complaint', 'manual')
        topic VARCHAR topic unsubscribed from; null for everything
        since TIMESTAMP! when, UTC
    """,
    ),
    _table(
        "delivery.sends",
        "one row per state a message passed through at hand-over; append only",
        "message_key, attempt, state",
        """
        message_key VARCHAR! message
        sender VARCHAR! sender
        attempt BIGINT! 1, 2, 3…
        state VARCHAR! where it stands check: state in ('claimed', 'accepted', 'refused', 'retry', 'unknown')
        changed_at TIMESTAMP! instant of the hand-over pass, UTC
        provider_message_id VARCHAR the provider's id
        error VARCHAR the provider's words
    """,
        "changed_at",
    ),
    _table(
        "results.goals",
        "one row per enrolment that reached its scenario's goal",
        "enrolment_id",
        """
        enrolment_id VARCHAR! enrolment
        scenario VARCHAR! scenario
        contact_id VARCHAR! who
        goal VARCHAR! activity
        met_at TIMESTAMP! when, UTC
        as_of TIMESTAMP! tick that saw it
        step VARCHAR last message sent before, which gets the credit
        value DECIMAL(18,2) value of the activity, project currency
        ghost BOOLEAN! in a holdout
    """,
        "as_of",
    ),
    _table(
        "results.scenarios",
        "one row per scenario and tick: the figures of the report",
        "scenario, as_of",
        """
        scenario VARCHAR! scenario
        as_of TIMESTAMP! tick
        entered BIGINT! entered in the tick
        refused BIGINT! refused at the door
        ended BIGINT! ended in the tick
        converted BIGINT! of them by the goal after a message
        in_flight BIGINT! in flight after the tick; entered = ended + in flight over all ticks
        due BIGINT! messages due
        to_send BIGINT! to hand over
        held BIGINT! waiting
        dropped BIGINT! dropped
        state VARCHAR! live, draft, paused, stopped, or held with its reason
    """,
        "as_of",
    ),
    _table(
        "runs.ticks",
        "one row per tick",
        "as_of",
        """
        as_of TIMESTAMP! instant of the tick, UTC
        day DATE! day of the project's zone it belongs to
        started_at TIMESTAMP! wall clock when it began, UTC
        finished_at TIMESTAMP wall clock when it was committed, UTC
        status VARCHAR! where it stands check: status in ('running', 'committed')
        send BOOLEAN! false: messages of this tick end as not_sent
        counts VARCHAR entered, due, sent, held, dropped, as JSON
    """,
    ),
    _table(
        "runs.guards",
        "one row per scenario held by a guard until a person releases it",
        "scenario, tripped_at",
        """
        scenario VARCHAR! scenario
        tripped_at TIMESTAMP! tick
        entries BIGINT! entries that tripped it
        usual BIGINT! most entries of a tick in the past 28 days
        released_at TIMESTAMP when a person released it, UTC
    """,
    ),
    _table(
        "runs.schema",
        "one row per schema version this file has had",
        "version",
        """
        version BIGINT! version
        definition VARCHAR! fingerprint of the tables, views and macros last defined for it
    """,
    ),
)

TABLES: tuple[Table, ...] = CONTRACT + OWN

_PRODUCTS = next(table for table in CONTRACT if table.name == "products")

VIEWS: tuple[Table, ...] = (
    *(replace(table, schema="shop", grain=f"{table.grain}, as it stood at as_of()") for table in CONTRACT),
    replace(_PRODUCTS, schema="shop", name="current_products", grain="one row per product: the card that is true at as_of()", key=("product_id",)),
    _table(
        "shop.activities",
        "one row per thing that a contact did, before as_of(): what triggers and conditions speak about",
        "name, activity_id",
        """
        activity_id VARCHAR the fact it comes from
        contact_id VARCHAR who; null for a visitor not known
        occurred_at TIMESTAMP when, UTC
        loaded_at TIMESTAMP as_of of the tick that could first see it
        name VARCHAR activity, one of the list below or custom.<name>
        key VARCHAR what it is about: the cart, the order, the product…
        value DECIMAL(18,2) its amount, where it has one
        props VARCHAR its other columns, a JSON object
    """,
        "occurred_at",
    ),
    _table(
        "facts.contacts",
        "one row per contact, as of the last tick; windows are whole days of the project's zone",
        "contact_id",
        """
        contact_id VARCHAR! who
        email VARCHAR address, as now
        country VARCHAR as now
        locale VARCHAR as now; the project's where missing
        timezone VARCHAR as now; the project's where missing or unknown
        birth_date DATE as now
        created_at TIMESTAMP first known, UTC
        first_order_at TIMESTAMP first order that stands, UTC
        last_order_at TIMESTAMP last order that stands, UTC
        days_since_order BIGINT recency: calendar days from the last order to as_of, project zone
        order_count BIGINT! frequency: orders that stand, ever
        revenue DECIMAL(18,2)! monetary: paid for orders that stand, ever, minus refunds; a refund of a cancelled order does not count, nor does the order
        gross_revenue DECIMAL(18,2)! paid for orders that stand, ever
        average_order_value DECIMAL(18,2) gross_revenue per order; null without orders
        orders_30d BIGINT! orders of the last 30 days
        orders_90d BIGINT! orders of the last 90 days
        orders_365d BIGINT! orders of the last 365 days
        revenue_30d DECIMAL(18,2)! paid in the last 30 days minus refunds made in them
        revenue_90d DECIMAL(18,2)! the same, 90 days
        revenue_365d DECIMAL(18,2)! the same, 365 days
        items_bought BIGINT! pieces bought in orders that stand, ever (rounded down per line)
        largest_quantity BIGINT! most pieces of one line of an order that stands, ever (rounded down); 0 for none
        average_gap_days DOUBLE elapsed days from first to last order, divided by orders minus one; null under two orders
        discounted_orders BIGINT! orders that stand with a coupon
        discount_share DOUBLE share of orders with a coupon; null without orders
        favourite_category VARCHAR category bought most (lines), then by name; null for none
        top_interests VARCHAR up to three categories by interest, strongest first, separated by commas: visited + 3 clicked + 5 bought + 10 tagged, then by name; null for none
        sessions_30d BIGINT! visits of the last 30 days
        last_session_at TIMESTAMP start of the last visit, UTC
        product_views_30d BIGINT! product pages seen in the last 30 days
        last_cart_at TIMESTAMP last cart update or check-out opened, UTC
        last_quote_at TIMESTAMP last quote asked for, UTC
        has_account BOOLEAN! ever signed up or made an account on the site
        messages_180d BIGINT! messages delivered in the last 180 days
        opens_90d BIGINT! opens of the last 90 days; weak evidence
        clicks_90d BIGINT! clicks of the last 90 days
        last_open_at TIMESTAMP last open, UTC
        last_click_at TIMESTAMP last click, UTC
        engagement VARCHAR! by last click, visit or order: active (30 days), recent (90), at_risk (180), inactive check: engagement in ('active', 'recent', 'at_risk', 'inactive')
        lead_score BIGINT! points in force: initial plus the rules of settings, each over its own number of days
        preferred_channel VARCHAR channel with most clicks and replies, ever; then by name; null without any
        email_consent VARCHAR basis of the widest standing consent by e-mail, on any topic: opt_in, existing_customer (while an order stands); null for none
        sms_consent VARCHAR the same by SMS
        push_consent VARCHAR the same by push
        newsletter BOOLEAN! consent to the newsletter by e-mail stands, given for it or for all topics
    """,
    ),
    _table(
        "facts.interests",
        "one row per contact and category touched",
        "contact_id, category",
        """
        contact_id VARCHAR! who
        category VARCHAR! product category, or tag
        visited BIGINT! product pages seen, ever, of products whose category it is as of now
        clicked BIGINT! message links clicked that lead to a product of the category
        bought BIGINT! order lines bought that stand
        tagged BIGINT! 1 while a tag of that name holds
    """,
    ),
    _table(
        "facts.channels",
        "one row per contact and channel answered",
        "contact_id, channel",
        """
        contact_id VARCHAR! who
        channel VARCHAR! channel
        answers BIGINT! clicks and replies, ever
    """,
    ),
)
BY_NAME: dict[str, Table] = {table.full_name: table for table in (*TABLES, *VIEWS)}
